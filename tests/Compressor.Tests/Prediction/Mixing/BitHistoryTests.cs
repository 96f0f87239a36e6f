using Compressor.Prediction.Mixing;

namespace Compressor.Tests.Prediction.Mixing;

public sealed unsafe class BitHistoryTests
{
    [Fact]
    public void ABitAddsToItsOwnCountAndNeverToTheOther()
    {
        foreach (var state in Reachable())
        {
            var (zeros, ones) = BitHistory.Counts(state);
            var (zeros0, ones0) = BitHistory.Counts(BitHistory.Next[2 * state]);
            var (zeros1, ones1) = BitHistory.Counts(BitHistory.Next[2 * state + 1]);
            Assert.InRange(ones0, 0, ones);
            Assert.InRange(zeros1, 0, zeros);
            Assert.True(zeros0 > zeros || zeros0 >= 5, $"{zeros} zeros, {ones} ones, then 0: {zeros0}");
            Assert.True(ones1 > ones || ones1 >= 5, $"{zeros} zeros, {ones} ones, then 1: {ones1}");
        }
    }

    [Fact]
    public void ZerosAndOnesAreTreatedAlike()
    {
        var counts = Reachable().Select(state => BitHistory.Counts(state)).ToHashSet();
        Assert.All(counts, pair => Assert.Contains((pair.Ones, pair.Zeros), counts));
    }

    [Fact]
    public void StateZeroAloneHasSeenNothing()
    {
        foreach (var state in Reachable())
        {
            Assert.NotEqual(0, BitHistory.Next[2 * state]);
            Assert.NotEqual(0, BitHistory.Next[2 * state + 1]);
        }
        Assert.Equal((0, 0), BitHistory.Counts(0));
    }

    private static HashSet<int> Reachable()
    {
        HashSet<int> found = [0];
        var open = new Queue<int>(found);
        while (open.TryDequeue(out var state))
        {
            foreach (var next in (int[])[BitHistory.Next[2 * state], BitHistory.Next[2 * state + 1]])
            {
                if (found.Add(next)) open.Enqueue(next);
            }
        }
        Assert.InRange(found.Count, 100, BitHistory.States);
        return found;
    }
}

using System.Numerics;
using Compressor.Prediction;

namespace Compressor.Tests.Prediction;

public sealed class TokenTreeTests
{
    /// <summary>Vocabularies of every kind: only bytes, tokens that are starts of each other, long ones, many.</summary>
    public static TheoryData<string> Kinds { get; } = ["bytes", "words", "starts", "two", "large"];

    private static byte[][] Spellings(string kind)
    {
        byte[][] bytes = [.. Enumerable.Range(0, 256).Select(value => new[] { (byte)value })];
        var random = new Random(5);
        return kind switch
        {
            "bytes" => [.. bytes, []],
            "words" => [.. Enumerable.Range(0, Symbols.TestTokenizers.Words.VocabularySize).Select(id => Symbols.TestTokenizers.Words.BytesOf(id).ToArray())],
            "starts" => [[], .. Enumerable.Range(1, 64).Select(length => new byte[length]), .. bytes[1..], [255, 255], [255, 0], [0, 255]],
            "two" => [[1, 2, 3], [], [1, 2, 3, 4]],
            _ => [.. bytes, [], .. Enumerable.Range(0, TokenTree.MaxVocabularySize - 257).Select(i => new[] { (byte)(i >> 16), (byte)(i >> 8), (byte)i, (byte)(i * 7) })],
        };
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void RanksAreInTheOrderOfTheBytes(string kind)
    {
        var spellings = Spellings(kind);
        var tree = new TokenTree(spellings);
        Assert.Equal(spellings.Length, tree.VocabularySize);
        Assert.Equal(0, tree.LengthOf(0));
        for (var rank = 1; rank < tree.VocabularySize; rank++)
        {
            Assert.True(tree.BytesOf(rank - 1).SequenceCompareTo(tree.BytesOf(rank)) < 0);
            Assert.Equal(spellings[tree.IdOf(rank)], tree.BytesOf(rank).ToArray());
            Assert.Equal(rank, tree.RankOf(tree.IdOf(rank)));
        }
    }

    /// <summary>(*1) to (*3): the decisions of a token are bits of its bytes and whether it goes on; both sides are never empty; each has a middle of its own.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void EveryTokenIsWhereItsBytesLead(string kind)
    {
        var tree = new TokenTree(Spellings(kind));
        var ranges = new Dictionary<int, (int, int)>();
        for (var rank = 1; rank < tree.VocabularySize; rank++)
        {
            var bytes = tree.BytesOf(rank);
            var path = new TokenPath(tree);
            int decisions = 0, place = -1;
            for (; path.Middle != 0; decisions++)
            {
                ranges.TryAdd(path.Middle, (path.Low, path.High));
                Assert.True(path.Low < path.Middle && path.Middle < path.High && ranges[path.Middle] == (path.Low, path.High) && path.Place > place);
                place = path.Place;
                int index = place / TokenTree.PlacesPerByte, bit = place % TokenTree.PlacesPerByte;
                var taken = bit == TokenTree.ContinuePlace ? (bytes.Length > index + 1 ? 1 : 0) : bytes[index] >> 7 - bit & 1;
                Assert.True(rank >= path.Middle == (taken == 1));
                path.Take(taken);
            }
            Assert.Equal((rank, rank + 1), (path.Low, path.High));
            Assert.Equal(tree.DecisionsOf(rank), decisions);
        }
        Assert.Equal(tree.VocabularySize - 2, ranges.Count);
    }

    /// <summary>
    /// Along the way to a token the shares of the ranges multiply to the token's share of the whole, exactly; no range has no width, though most tokens have no weight.
    /// </summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void ProbabilitiesMultiplyToThatOfTheToken(string kind)
    {
        var tree = new TokenTree(Spellings(kind));
        int v = tree.VocabularySize, most = 1 << TokenDistribution.WeightBits;
        var random = new Random(11);
        Func<int, int>[] kinds = [_ => 0, _ => most, rank => rank == v - 1 ? most : 0, rank => rank == 1 ? most : rank % 3, _ => random.Next(1000) == 0 ? random.Next(most) : 0];
        foreach (var weight in kinds)
        {
            int[] weights = [.. Enumerable.Range(0, v).Select(weight)];
            var row = new WeightRow(v, rank => weights[rank]);
            var distribution = row.Distribution;
            var shift = distribution.MassShift;
            var prefix = new ulong[v + 1];
            for (var rank = 0; rank < v; rank++)
            {
                prefix[rank + 1] = prefix[rank] + (ulong)weights[rank];
                if (prefix[rank] != distribution.SumBefore(rank)) Assert.Fail($"sum before {rank}");
            }
            for (var rank = 1; rank < v; rank += v > 1000 ? 997 : 1)
            {
                var path = new TokenPath(tree);
                var network = new PathProbabilities(distribution);
                (BigInteger Upper, BigInteger Lower) product = (1, 1);
                double cost = 0;
                while (path.Middle != 0)
                {
                    int bit = rank >= path.Middle ? 1 : 0, p = network.Next(path);
                    ulong one = Mass(path.Middle, path.High), zero = Mass(path.Low, path.Middle);
                    Assert.True(one > 0 && zero > 0);
                    Assert.InRange(p, 1, 65535);
                    Assert.InRange(p - 65536.0 * one / (one + zero), -1, p == 1 ? 1 : 0);
                    product = (product.Upper * (bit == 1 ? one : zero), product.Lower * (one + zero));
                    cost -= Math.Log2((bit == 1 ? p : 65536 - p) / 65536.0);
                    network.Take(bit);
                    path.Take(bit);
                }
                Assert.Equal(product.Upper * Mass(1, v), product.Lower * Mass(rank, rank + 1));
                // Where no decision is nearly certain to go the other way, 16 bits are enough for the cost.
                var exact = Math.Log2((double)Mass(1, v) / Mass(rank, rank + 1));
                if (exact < 8) Assert.InRange(cost - exact, -0.01, 0.01);
            }
            GC.KeepAlive(row);

            ulong Mass(int low, int high) => (prefix[high] - prefix[low] << shift) + (ulong)(high - low);
        }
    }

    [Fact]
    public void VocabulariesThatCannotBeToldApartAreRefused()
    {
        Assert.Throws<ArgumentException>(() => new TokenTree([[1], [1], []]));
        Assert.Throws<ArgumentException>(() => new TokenTree([[], [], [1]]));
        Assert.Throws<ArgumentException>(() => new TokenTree([[1], [2], [3]]));
        Assert.Throws<ArgumentException>(() => new TokenTree([[1], []]));
    }
}

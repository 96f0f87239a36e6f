using Compressor.Prediction;
using Compressor.Prediction.Mixing;

namespace Compressor.Tests.Prediction.Mixing;

public sealed class TokenMixingModelTests
{
    private const int Even = Logistic.One / 2;

    private static readonly TokenTree Tree = LanguageModel.VocabularyOf(Symbols.TestTokenizers.Words);

    /// <summary>Ranks of tokens that have bytes.</summary>
    private static readonly int FirstRank = 1, EndRank = Tree.VocabularySize;

    [Fact]
    public void LogitsAndProbabilitiesAreEachOthersInverse()
    {
        Assert.Equal(Logistic.One / 2, Logistic.Squash(0));
        for (var logit = -Logistic.Limit; logit <= Logistic.Limit; logit++)
        {
            var p = Logistic.Squash(logit);
            Assert.InRange(p, 1, Logistic.One - 1);
            Assert.Equal(Logistic.One - p, Logistic.Squash(-logit));
            Assert.InRange(p / 65536.0 - 1 / (1 + Math.Exp(-logit / 256.0)), -1e-5, 1e-5);
        }
        for (var p = 1; p < Logistic.One; p++) Assert.InRange(Logistic.Squash(Logistic.Stretch(p)) - p, -p / 60 - 10, p / 60 + 10);
        for (var p = 2; p < Logistic.One; p++) Assert.True(Logistic.Stretch(p) >= Logistic.Stretch(p - 1));
    }

    /// <summary>The walk learns exactly the bytes of the tokens, whatever they are and in whatever lane.</summary>
    [Theory]
    [InlineData(1, false)]
    [InlineData(3, false)]
    [InlineData(3, true)]
    public void EveryTokenIsReachedByItsDecisions(int lanes, bool fast)
    {
        var random = new Random(7);
        using var mixer = Open(lanes, 100_000, 12, fast);
        for (var t = 0; t < 3 * EndRank; t++)
        {
            int rank = t < EndRank ? Math.Max(t, FirstRank) : random.Next(FirstRank, EndRank), decisions = 0;
            for (mixer.Begin(t % lanes); mixer.Path.Middle != 0; decisions++)
            {
                Assert.InRange(mixer.Predict(random.Next(1, Logistic.One)), 1, Logistic.One - 1);
                mixer.Update(rank >= mixer.Path.Middle ? 1 : 0);
            }
            Assert.Equal(rank, mixer.Path.Low);
            Assert.Equal(Tree.DecisionsOf(rank), decisions);
        }
    }

    [Fact]
    public void WhatIsLearnedAreTheBytesOfTheTokens()
    {
        var random = new Random(9);
        using var mixer = Open(2, 100_000, 12, fast: false);
        List<byte>[] text = [[], []];
        for (var t = 0; t < 5000; t++)
        {
            var rank = random.Next(FirstRank, EndRank);
            Code(mixer, t % 2, rank, _ => Even);
            text[t % 2].AddRange(Tree.BytesOf(rank));
        }
        for (var lane = 0; lane < 2; lane++) Assert.Equal(text[lane], mixer.ContentOf(lane).ToArray());
    }

    [Fact]
    public void MoreBytesThanTheCapacityAreRefused()
    {
        using var mixer = Open(2, 100, 10, fast: false);
        for (var t = 0; t < 100; t++) Code(mixer, t % 2, Tree.RankOf('a'), _ => Even);
        Assert.Throws<InvalidDataException>(() => Code(mixer, 0, Tree.RankOf('a'), _ => Even));
    }

    [Theory]
    [InlineData(1, 60)]
    [InlineData(4, 60)]
    public void WhatRepeatsBecomesCheap(int lanes, int period)
    {
        // The network knows nothing: about 8 bits a token. A period of text costs that once, then nearly nothing, in every lane.
        var random = new Random(1);
        int[] text = [.. Enumerable.Range(0, period).Select(_ => random.Next(FirstRank, EndRank))];
        using var mixer = Open(lanes, 40 * lanes * period, 16, fast: false);
        double first = 0, last = 0;
        for (var t = 0; t < 10 * period; t++)
        {
            for (var lane = 0; lane < lanes; lane++)
            {
                var cost = Code(mixer, lane, text[t % period], _ => Even);
                if (t < period && lane == 0) first += cost;
                if (t >= 9 * period) last += cost / lanes;
            }
        }
        double decisions = text.Sum(Tree.DecisionsOf);
        Assert.InRange(first, 0.8 * decisions, 1.2 * decisions);
        Assert.InRange(last, 0, 0.15 * period);
    }

    /// <summary>Where the network is right, its costs are the floor: mixing adds little to them.</summary>
    [Fact]
    public void NoiseCostsLittleMoreThanTheNetworkSays()
    {
        var random = new Random(2);
        var row = new WeightRow(EndRank, rank => rank % 7 == 0 ? 1000 : 10);
        int[] drawn = [.. Enumerable.Range(FirstRank, EndRank - 1).SelectMany(rank => Enumerable.Repeat(rank, rank % 7 == 0 ? 100 : 1))];
        using var mixer = Open(1, 200_000, 16, fast: false);
        double cost = 0, network = 0;
        for (var t = 0; t < 20_000; t++)
        {
            var rank = drawn[random.Next(drawn.Length)];
            var probabilities = new ushort[Tree.DecisionsOf(rank)];
            PathProbabilities.Follow(Tree, rank, row.Distribution, probabilities);
            cost += Code(mixer, 0, rank, i => probabilities[i]);
            network -= Math.Log2((rank % 7 == 0 ? 100.0 : 1) / drawn.Length);
        }
        Assert.InRange(cost / network, 1, 1.04);
        GC.KeepAlive(row);
    }

    [Fact]
    public void ExtremeProbabilitiesStayInRange()
    {
        var random = new Random(3);
        using var mixer = Open(2, 100_000, 10, fast: false);
        for (var t = 0; t < 5000; t++)
        {
            var rank = FirstRank + random.Next(4);
            for (mixer.Begin(t % 2); mixer.Path.Middle != 0; mixer.Update(rank >= mixer.Path.Middle ? 1 : 0))
                Assert.InRange(mixer.Predict(random.Next(2) == 0 ? 1 : Logistic.One - 1), 1, Logistic.One - 1);
        }
    }

    private static TokenMixingModel Open(int lanes, int capacity, int tableBits, bool fast) =>
        new(Tree, new ByteShape(ByteProfile.Text, 0, fast), tableBits, capacity, lanes);

    /// <summary>Codes a token, whose decisions have the network's probabilities by their index; returns its cost in bits.</summary>
    private static double Code(TokenMixingModel mixer, int lane, int rank, Func<int, int> network)
    {
        double cost = 0;
        mixer.Begin(lane);
        for (var i = 0; mixer.Path.Middle != 0; i++)
        {
            int p = mixer.Predict(network(i)), bit = rank >= mixer.Path.Middle ? 1 : 0;
            cost -= Math.Log2((bit == 1 ? p : Logistic.One - p) / (double)Logistic.One);
            mixer.Update(bit);
        }
        return cost;
    }
}

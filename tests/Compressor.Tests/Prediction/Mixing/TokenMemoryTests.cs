using Compressor.Prediction.Mixing;

namespace Compressor.Tests.Prediction.Mixing;

public sealed class TokenMemoryTests
{
    private const int Bits = 9;
    private const int Even = Logistic.One / 2;

    [Fact]
    public void LogitsAndProbabilitiesAreEachOthersInverse()
    {
        Assert.Equal(Logistic.One / 2, Logistic.Squash(0));
        for (int logit = -Logistic.Limit; logit <= Logistic.Limit; logit++)
        {
            int p = Logistic.Squash(logit);
            Assert.InRange(p, 1, Logistic.One - 1);
            Assert.Equal(Logistic.One - p, Logistic.Squash(-logit));
            Assert.InRange(p / 65536.0 - 1 / (1 + Math.Exp(-logit / 256.0)), -1e-5, 1e-5);
        }
        for (int p = 1; p < Logistic.One; p++) Assert.InRange(Logistic.Squash(Logistic.Stretch(p)) - p, -p / 60 - 10, p / 60 + 10);
        for (int p = 2; p < Logistic.One; p++) Assert.True(Logistic.Stretch(p) >= Logistic.Stretch(p - 1));
    }

    [Fact]
    public void WithoutExperienceTheModelsProbabilityStands()
    {
        foreach (int p in (int[])[40, 655, 20000, Even, 45000, 65000])
        {
            using var memory = new TokenMemory(Bits, 1, 100, 10);
            memory.Begin(0);
            Assert.InRange(memory.Predict(p) / (double)p, 0.9, 1.1);
        }
    }

    [Theory]
    [InlineData(1, 60)]
    [InlineData(4, 60)]
    public void WhatRepeatsBecomesCheap(int lanes, int period)
    {
        // The model knows nothing: 9 bits a token. A period of text costs that once, then nearly nothing, in every lane.
        var random = new Random(1);
        int[] text = new int[period];
        for (int i = 0; i < period; i++) text[i] = random.Next(1 << Bits);
        using var memory = new TokenMemory(Bits, lanes, 10 * period, 14);
        double first = 0, last = 0;
        for (int t = 0; t < 10 * period; t++)
        {
            for (int lane = 0; lane < lanes; lane++)
            {
                double cost = Code(memory, lane, text[t % period], Even);
                if (t < period && lane == 0) first += cost;
                if (t >= 9 * period) last += cost / lanes;
            }
        }
        Assert.InRange(first, 0.9 * Bits * period, 1.2 * Bits * period);
        Assert.InRange(last, 0, 0.1 * period);
    }

    [Fact]
    public void NoiseCostsLittleMoreThanTheModelSays()
    {
        var random = new Random(2);
        using var memory = new TokenMemory(Bits, 1, 20_000, 14);
        double cost = 0;
        for (int t = 0; t < 20_000; t++) cost += Code(memory, 0, random.Next(1 << Bits), Even);
        Assert.InRange(cost / 20_000, Bits, Bits * 1.03);
    }

    [Fact]
    public void ExtremeProbabilitiesStayInRange()
    {
        var random = new Random(3);
        using var memory = new TokenMemory(Bits, 2, 5000, 10);
        for (int t = 0; t < 5000; t++)
        {
            memory.Begin(t % 2);
            int token = random.Next(4);
            for (int i = Bits - 1; i >= 0; i--)
            {
                Assert.InRange(memory.Predict(random.Next(2) == 0 ? 1 : Logistic.One - 1), 1, Logistic.One - 1);
                memory.Update(token >> i & 1);
            }
            memory.End(token);
        }
    }

    /// <summary>Codes a token whose decisions the model all gives the same probability; returns its cost in bits.</summary>
    private static double Code(TokenMemory memory, int lane, int token, int modelProbability)
    {
        double cost = 0;
        memory.Begin(lane);
        for (int i = Bits - 1; i >= 0; i--)
        {
            int bit = token >> i & 1, p = memory.Predict(modelProbability);
            cost -= Math.Log2((bit == 1 ? p : Logistic.One - p) / (double)Logistic.One);
            memory.Update(bit);
        }
        memory.End(token);
        return cost;
    }
}

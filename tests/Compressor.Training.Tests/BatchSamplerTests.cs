using System.Text;
using Compressor.Symbols;
using Compressor.Training.Data;

namespace Compressor.Training.Tests;

public class BatchSamplerTests
{
    private const int Bos = ModelConfig.BosToken;

    [Fact]
    public void AStepIsAFunctionOfSeedAndStep()
    {
        var corpus = Corpus(new string('x', 500) + new string('y', 400));
        var inOrder = new BatchSampler(TokenMixture.Of(corpus), 3, 16, 7);
        var expected = Enumerable.Range(0, 60).Select(step => inOrder.Sample(step).Inputs).ToArray();
        var backwards = new BatchSampler(TokenMixture.Of(corpus), 3, 16, 7);
        for (var step = 59; step >= 0; step--)
            Assert.Equal(expected[step], backwards.Sample(step).Inputs);
        var otherSeed = new BatchSampler(TokenMixture.Of(corpus), 3, 16, 8);
        Assert.Contains(Enumerable.Range(0, 60), step => !otherSeed.Sample(step).Inputs.SequenceEqual(expected[step]));
    }

    [Theory]
    [InlineData(1000, 16)]
    [InlineData(1008, 16)]
    [InlineData(40, 64)]
    public void AnEpochCoversEveryTokenOnceAndFewTwice(int bytes, int length)
    {
        var corpus = Corpus(string.Concat(Enumerable.Range(0, bytes).Select(i => (char)(i % 90 + 33))));
        var sampler = new BatchSampler(TokenMixture.Of(corpus), 1, length, 3);
        for (var epoch = 0; epoch < 3; epoch++)
        {
            var counts = new int[256];
            for (var i = 0; i < sampler.WindowsPerEpoch; i++)
            {
                foreach (var target in sampler.Sample((long)epoch * sampler.WindowsPerEpoch + i).Targets.Where(t => t != Batch.Ignored))
                    counts[target]++;
            }

            var expected = new int[256];
            foreach (var token in corpus.Tokens[1..])
                expected[token]++;
            Assert.All(Enumerable.Range(0, 256), b => Assert.True(counts[b] >= expected[b]));
            Assert.InRange(counts.Sum() - expected.Sum(), 0, length - 1);
        }
    }

    [Fact]
    public void TargetsAreTheInputsThatFollow()
    {
        var corpus = Corpus("the quick brown fox", "jumps", "over the lazy dog");
        var sampler = new BatchSampler(TokenMixture.Of(corpus), 2, 12, 1);
        for (var step = 0; step < 10; step++)
        {
            var batch = sampler.Sample(step);
            for (var i = 0; i < batch.Inputs.Length; i++)
            {
                if (i % 12 == 0)
                    Assert.Equal(Bos, batch.Inputs[i]);
                if (i % 12 != 11)
                    Assert.Equal(batch.Inputs[i + 1], batch.Targets[i] == Batch.Ignored ? Bos : batch.Targets[i]);
            }
        }
    }

    [Theory]
    [InlineData(8)]
    [InlineData(7)]
    [InlineData(1)]
    public void EvaluationCountsEveryTokenOnce(int length)
    {
        var corpus = Corpus("0123456789abcdefghijklmnopqrstuvwxyz", "", "A", "BCDEFGHI");
        var counted = EvaluationSet.Batches(corpus, 3, length).SelectMany(b => b.Targets).Where(t => t != Batch.Ignored);
        Assert.Equal("0123456789ABCDEFGHIabcdefghijklmnopqrstuvwxyz", new string([.. counted.Order().Select(t => (char)t)]));
    }

    private static TokenCorpus Corpus(params string[] texts) =>
        TokenCorpus.Create([.. texts.Select((t, i) => new TextDocument($"{i}", Encoding.Latin1.GetBytes(t)))], new Tokenizer([]), threads: 2);
}

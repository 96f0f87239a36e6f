using Compressor.Prediction.Networks;
using Compressor.RangeCoding;
using Compressor.Tests.Prediction.Networks;
using Compressor.Training.Inference;

namespace Compressor.Training.Tests.Inference;

/// <summary>The network in tensors against the compressor's kernels: every interval.</summary>
public class TorchPredictorTests
{
    [Theory]
    [InlineData(2, 1, 32, 64, 96, 288)]
    [InlineData(4, 2, 96, 0, 96, 301)]
    [InlineData(2, 2, 64, 64, 1600, 288)] // the inner product of the MLP in four parts
    public void ScoresAreThoseOfTheKernels(int heads, int keyValueHeads, int window, int buckets, int intermediate, int vocabularySize)
    {
        var config = RandomModel.Config(heads, keyValueHeads, window, buckets) with { IntermediateSize = intermediate, VocabularySize = vocabularySize };
        var weights = RandomModel.Weights(config, 1);
        var tokens = RandomModel.Tokens(2 * (config.Window + 128) + 41, 2); // the ring of slots comes round, and a part of a batch is left
        var wanted = Score(new NetworkModel(new NgramTransformer(config, weights)), tokens);
        var model = new NetworkModel(TorchEngine.Create(config, weights));
        for (var round = 0; round < 2; round++) // what the first leaves behind must not show in the second
            Assert.Equal(wanted, Score(model, tokens));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void LanesInLockstepFindWhatTheKernelsFind(int lanes)
    {
        var config = RandomModel.Config();
        var weights = RandomModel.Weights(config, 3);
        using var expected = new NetworkModel(new NgramTransformer(config, weights)).OpenSession(lanes);
        using var actual = new NetworkModel(TorchEngine.Create(config, weights)).OpenSession(lanes);
        var random = new Random(4);
        const int Steps = 80; // the ring comes round
        for (var step = 0; step < Steps; step++)
        {
            var active = step < Steps - 1 ? lanes : Math.Max(1, lanes - 2);
            expected.Predict(active);
            actual.Predict(active);
            var tokens = new int[active];
            for (var lane = 0; lane < active; lane++)
            {
                var quantile = (uint)random.Next(1 << Interval.PrecisionBits);
                tokens[lane] = expected.Distribution(lane).Find(quantile, out var interval);
                Assert.Equal(tokens[lane], actual.Distribution(lane).Find(quantile, out var found));
                Assert.Equal(interval, found);
            }

            expected.Advance(tokens);
            actual.Advance(tokens);
        }
    }

    [Fact]
    public void DamagedWeightsAreRefused()
    {
        var config = RandomModel.Config();
        var other = RandomModel.Config(heads: 4);
        var error = Assert.Throws<InvalidDataException>(() => TorchEngine.Create(other, RandomModel.Weights(config, 1)));
        Assert.Contains("q_proj", error.Message, StringComparison.Ordinal);
    }

    private static Interval[] Score(NetworkModel model, int[] tokens)
    {
        var intervals = new Interval[tokens.Length];
        using var scorer = model.OpenScorer();
        scorer.Score(tokens, (i, distribution) => intervals[i] = distribution.IntervalOf(tokens[i]), default);
        return intervals;
    }
}

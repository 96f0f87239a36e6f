using Compressor.Prediction;
using Compressor.RangeCoding;

namespace Compressor.Tests.Prediction;

/// <summary>What models make of tokens, as lists.</summary>
internal static class Scores
{
    /// <summary>The interval of each token of a lane. Of a model whose ranks are its ids.</summary>
    public static Interval[] IntervalsOf(ITokenModel model, int[] tokens, CancellationToken cancellation = default)
    {
        var intervals = new Interval[tokens.Length];
        using var scorer = model.OpenScorer();
        scorer.Score(tokens, (i, distribution) => intervals[i] = distribution.IntervalOf(tokens[i]), cancellation);
        return intervals;
    }
}

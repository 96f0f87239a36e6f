using Compressor.RangeCoding;
using Compressor.Training.Data;

namespace Compressor.Training.Export;

/// <summary>What a text costs under an exported model, as the compressor runs it: 8-bit, exact, without mixing.</summary>
internal static class ExportedCost
{
    /// <summary>Bits per byte over the windows of <see cref="EvaluationSet"/>: the same predictions as the trainer measures in float32.</summary>
    public static double BitsPerByte(LanguageModel model, TokenCorpus corpus, int length, int threads)
    {
        // Windows are summed in order, whatever the threads do.
        Batch[] windows = [.. EvaluationSet.Batches(corpus, sequences: 1, length)];
        var bits = new double[windows.Length];
        Parallel.For(0, windows.Length, new ParallelOptions { MaxDegreeOfParallelism = threads }, i => bits[i] = BitsOf(model, windows[i]));
        return bits.Sum() / corpus.ByteCount;
    }

    private static double BitsOf(LanguageModel model, Batch window)
    {
        // What comes after the last target is filling.
        var count = window.Targets.AsSpan().LastIndexOfAnyExcept(Batch.Ignored) + 1;
        var tokens = new int[count];
        for (var t = 0; t < count; t++)
            tokens[t] = t + 1 < window.Length && t + 1 < count ? (int)window.Inputs[t + 1] : (int)window.Targets[t];
        double bits = 0;
        using var scorer = model.TokenModel.OpenScorer();
        scorer.Score(tokens, (t, distribution) =>
        {
            if (window.Targets[t] != Batch.Ignored)
                bits += Interval.PrecisionBits - Math.Log2(distribution.IntervalOf(model.Vocabulary.RankOf(tokens[t])).Width);
        }, CancellationToken.None);
        return bits;
    }
}

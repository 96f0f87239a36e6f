using Compressor.Concurrency;
using Compressor.Container;
using Compressor.Payload;

namespace Compressor.Blocks;

/// <summary>Decodes blocks to see what their tokens cost.</summary>
internal static class BlockAnalyzer
{
    /// <param name="job">The block and its model.</param>
    /// <param name="detailed">For so many tokens from the first, what was predicted is kept too.</param>
    /// <param name="threads">How many threads may share the block.</param>
    /// <param name="cancellation">Checked at every step.</param>
    /// <exception cref="InvalidDataException">The block is damaged.</exception>
    public static LmzBlockAnalysis Analyze(DecodableBlock job, int detailed, int threads, CancellationToken cancellation)
    {
        var (header, offset) = (job.Coded.Header, job.Source.Offset);
        var info = LmzBlockInfo.Of(job.Source.Frame, job.Source.Block.Header, offset);
        if (!header.HasTokens)
            return new LmzBlockAnalysis(info, header.BodyLength, []);

        var observer = new TokenCostObserver(job.Model!, header.Tokens, detailed);
        try
        {
            TokenCoder.Decode(
                job.Model!,
                BlockDecoder.PayloadOf(job.Coded),
                new LaneLayout(header.Tokens, header.Lanes),
                BlockDecoder.MixingOf(job.Coded, job.Dictionary?.Content.Length ?? 0),
                header.ContentLength,
                job.Dictionary?.For(job.Model!),
                threads,
                (_, _) => { },
                new ProgressMeter(null).Begin(header.ContentLength),
                cancellation,
                observer);
        }
        catch (InvalidDataException e)
        {
            throw FormatError.Malformed($"in the block that starts here, {e.Message}", offset, e);
        }

        return new LmzBlockAnalysis(info, header.PayloadLength, observer.Costs);
    }
}

using Compressor.Format;

namespace Compressor.Blocks;

/// <summary>Decodes the blocks of a stream of frames.</summary>
internal static class FrameDecompressor
{
    /// <summary>A block, and what is needed to decode it.</summary>
    private sealed record Job(FrameHeader Frame, Block Block, long Offset, LanguageModel? Model);

    public static void Decompress(
        Stream source, Stream destination, LmzDecompressionOptions options, IProgress<long>? progress, CancellationToken cancellation)
    {
        var meter = new ProgressMeter(progress);
        var threads = options.Threads == 0 ? Environment.ProcessorCount : options.Threads;
        OrderedPipeline.Run(
            ReadJobs(new FormatReader(source), options.Models),
            (job, stop) => Decode(job, threads, meter, stop),
            content => destination.Write(content),
            options.Threads,
            cancellation);
    }

    private static IEnumerable<Job> ReadJobs(FormatReader reader, IReadOnlyList<LanguageModel>? models)
    {
        do
        {
            var frame = new FrameReader(reader);
            var offset = reader.Offset;
            while (frame.ReadBlock(withBody: true) is { } block)
            {
                var model = block.Header.HasTokens ? Find(frame.Header.ModelId, models) : null;
                yield return new Job(frame.Header, block, offset, model);
                offset = reader.Offset;
            }
        }
        while (!reader.AtEnd);
    }

    private static LanguageModel Find(ModelId id, IReadOnlyList<LanguageModel>? models)
    {
        if (models is null or [])
            models = [LanguageModel.Default];
        return models.FirstOrDefault(model => model.Id == id)
            ?? throw new ModelNotFoundException(id, [.. models.Select(model => model.Id)]);
    }

    private static byte[] Decode(Job job, int threads, ProgressMeter progress, CancellationToken cancellation)
    {
        // A block that is the whole frame has no others to share the cores with: its lanes do.
        var single = job.Block.Header.ContentLength == job.Frame.ContentLength;
        try
        {
            return BlockDecoder.Decode(job.Frame, job.Block, job.Model, single ? threads : 1, progress, cancellation);
        }
        catch (InvalidDataException e)
        {
            throw FormatReader.Invalid($"in the block that starts here, {e.Message}", job.Offset, e);
        }
    }
}

using Compressor.Blocks;
using Compressor.Concurrency;
using Compressor.Container;

namespace Compressor.Frames;

/// <summary>Decodes the blocks of a stream of frames.</summary>
internal static class FrameDecompressor
{
    public static void Decompress(
        Stream source, Stream destination, LmzDecompressionOptions options, IProgress<long>? progress, CancellationToken cancellation)
    {
        var meter = new ProgressMeter(progress);
        var threads = ThreadCount.Of(options.Threads);
        OrderedPipeline.Run(
            ReadJobs(new FormatReader(source), options),
            (job, stop) => job.Decode(threads, meter, stop),
            content => destination.Write(content),
            threads,
            cancellation);
    }

    /// <summary>The blocks of all frames in order.</summary>
    public static IEnumerable<DecodableBlock> ReadJobs(FormatReader reader, LmzDecompressionOptions options)
    {
        var earlier = 0L; // content of the frames before
        do
        {
            var frame = new FrameReader(reader);
            var offset = reader.Offset;
            while (frame.ReadBlock(withBody: true) is { } block)
            {
                yield return DecodableBlock.For(new ParsedBlock(frame.Header, block, offset), earlier + frame.ContentLength, options);
                offset = reader.Offset;
            }

            earlier += frame.ContentLength;
        }
        while (!reader.AtEnd);
    }
}

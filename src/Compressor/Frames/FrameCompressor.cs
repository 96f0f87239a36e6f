using Compressor.Blocks;
using Compressor.Concurrency;

namespace Compressor.Frames;

/// <summary>Cuts a stream into blocks and writes them as one frame.</summary>
internal static class FrameCompressor
{
    /// <param name="source">The content, from its position to its end.</param>
    /// <param name="destination">Receives the frame.</param>
    /// <param name="options">How to compress.</param>
    /// <param name="settings">What may be tried.</param>
    /// <param name="progress">Told the content bytes done so far.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <param name="threads">How many threads to use; null for those of the options. With one, it is the calling thread that does the work.</param>
    public static void Compress(
        Stream source,
        Stream destination,
        LmzCompressionOptions options,
        BlockSettings settings,
        IProgress<long>? progress,
        CancellationToken cancellation,
        int? threads = null)
    {
        var length = LengthOf(source);
        var frame = new FrameEncoder(destination, options, settings, length);
        var meter = new ProgressMeter(progress);
        OrderedPipeline.Run(
            ReadBlocks(source, length, options.BlockLength).Select(frame.Next),
            (content, share, stop) => frame.Encode(content, share, meter, stop),
            frame.Write,
            threads ?? options.ThreadCount,
            cancellation);
        frame.End();
    }

    /// <summary>The length still to be read. Some files have a length of 0 though there is something to read (those under /proc), so 0 means unknown.</summary>
    public static long? LengthOf(Stream source) =>
        source.CanSeek && source.Length > source.Position ? source.Length - source.Position : null;

    /// <summary>The error of a source that does not have the bytes that it said.</summary>
    public static IOException SourceChanged(long? length) => new($"The source changed while it was read: it had {length} bytes.");

    private static IEnumerable<byte[]> ReadBlocks(Stream source, long? length, int blockLength)
    {
        long total = 0;
        while (true)
        {
            // One byte more than announced shows a source that has grown.
            var wanted = (int)Math.Min(blockLength, length is null ? long.MaxValue : Math.Max(1, length.Value - total));
            var block = new byte[wanted];
            var count = source.ReadAtLeast(block, wanted, throwOnEndOfStream: false);
            total += count;
            if (total > length || (count < wanted && total < length))
                throw SourceChanged(length);
            if (count > 0)
                yield return count == wanted ? block : block[..count];
            if (count < wanted)
                yield break;
        }
    }
}

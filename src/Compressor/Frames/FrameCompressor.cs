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
            (length is { } known ? ReadAllBlocks(source, known, options.BlockLength) : ReadBlocksToTheEnd(source, options.BlockLength)).Select(frame.Next),
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

    /// <summary>Reads the blocks of content of a known length from where a stream is.</summary>
    /// <param name="source">The content, from the start of the first block.</param>
    /// <param name="layout">How the whole content is cut.</param>
    /// <param name="first">The first block.</param>
    /// <param name="end">The one after the last.</param>
    /// <exception cref="IOException">On the way: the source ends early.</exception>
    public static IEnumerable<byte[]> ReadBlocks(Stream source, BlockLayout layout, long first, long end)
    {
        for (var i = first; i < end; i++)
        {
            var block = new byte[layout.BlockAt(i).Length];
            if (source.ReadAtLeast(block, block.Length, throwOnEndOfStream: false) < block.Length)
                throw SourceChanged(layout.ContentLength);
            yield return block;
        }
    }

    private static IEnumerable<byte[]> ReadAllBlocks(Stream source, long length, int blockLength)
    {
        var layout = new BlockLayout(length, blockLength);
        foreach (var block in ReadBlocks(source, layout, 0, layout.Count))
            yield return block;
        if (source.ReadByte() >= 0) // one byte more than announced shows a source that has grown
            throw SourceChanged(length);
    }

    private static IEnumerable<byte[]> ReadBlocksToTheEnd(Stream source, int blockLength)
    {
        while (true)
        {
            var block = new byte[blockLength];
            var count = source.ReadAtLeast(block, blockLength, throwOnEndOfStream: false);
            if (count > 0)
                yield return count == blockLength ? block : block[..count];
            if (count < blockLength)
                yield break;
        }
    }
}

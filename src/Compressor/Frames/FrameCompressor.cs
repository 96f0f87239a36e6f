using Compressor.Blocks;
using Compressor.Concurrency;
using Compressor.Container;

namespace Compressor.Frames;

/// <summary>Cuts a stream into blocks and writes them as one frame.</summary>
internal static class FrameCompressor
{
    public static void Compress(
        Stream source,
        Stream destination,
        LmzCompressionOptions options,
        BlockSettings settings,
        IProgress<long>? progress,
        CancellationToken cancellation)
    {
        var model = options.ModelFor(settings);
        var header = new FrameHeader(model?.Id ?? default, LengthOf(source), options.Dictionary?.Hash);
        // A single block has no others to share the cores with: its lanes do.
        var single = header.ContentLength <= options.BlockLength;
        var threads = ThreadCount.Of(options.Threads);
        var encoder = new BlockEncoder(header, model, options.Dictionary, settings, single ? threads : 1);
        var writer = new FrameWriter(destination, header);
        var meter = new ProgressMeter(progress);
        OrderedPipeline.Run(
            ReadBlocks(source, header.ContentLength, options.BlockLength),
            (content, stop) => encoder.Encode(content, meter, stop),
            writer.Write,
            threads,
            cancellation);
        writer.End();
    }

    /// <summary>Compresses content that is in memory, on the calling thread alone: the same frame.</summary>
    public static byte[] Compress(
        ReadOnlyMemory<byte> content, LanguageModel? model, LmzCompressionOptions options, BlockSettings settings, CancellationToken cancellation)
    {
        var header = new FrameHeader(model?.Id ?? default, content.IsEmpty ? null : content.Length, options.Dictionary?.Hash);
        var encoder = new BlockEncoder(header, model, options.Dictionary, settings);
        using var frame = new MemoryStream();
        var writer = new FrameWriter(frame, header);
        var meter = new ProgressMeter(null);
        for (var rest = content; !rest.IsEmpty;)
        {
            var length = Math.Min(rest.Length, options.BlockLength);
            writer.Write(encoder.Encode(rest[..length].ToArray(), meter, cancellation));
            rest = rest[length..];
        }

        writer.End();
        return frame.ToArray();
    }

    /// <summary>The length still to be read. Files that the system makes up on reading say 0, so 0 means unknown.</summary>
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

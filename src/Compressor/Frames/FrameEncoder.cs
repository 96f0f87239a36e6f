using Compressor.Blocks;
using Compressor.Concurrency;
using Compressor.Container;
using Compressor.Repeats;

namespace Compressor.Frames;

/// <summary>Makes one frame. Blocks may be encoded by many threads and in any order; they are written in that of the content.</summary>
internal sealed class FrameEncoder
{
    private readonly BlockEncoder _encoder;
    private readonly FrameWriter _writer;
    private readonly RepeatFinder _repeats = new();

    /// <param name="destination">Receives the frame.</param>
    /// <param name="options">How to compress.</param>
    /// <param name="settings">What may be tried.</param>
    /// <param name="contentLength">The length of the content in bytes; null if it is not known.</param>
    public FrameEncoder(Stream destination, LmzCompressionOptions options, BlockSettings settings, long? contentLength)
    {
        var header = new FrameHeader(contentLength, options.Dictionary?.Hash);
        _encoder = new BlockEncoder(header, options.ModelsFor(settings), options.Dictionary, settings);
        _writer = new FrameWriter(destination, header);
    }

    /// <summary>The length of the content of the blocks written so far, in bytes.</summary>
    public long ContentLength => _writer.ContentLength;

    /// <summary>Looks for repeats in the content of the next block, which is in the order of the content.</summary>
    public BlockContent Next(byte[] content) => new(content, _repeats.Find(content));

    /// <inheritdoc cref="BlockEncoder.Encode"/>
    public Block Encode(BlockContent content, int threads, ProgressMeter progress, CancellationToken cancellation) =>
        _encoder.Encode(content, progress, cancellation, threads);

    /// <summary>Writes the next block, and before the first one the frame's header.</summary>
    public void Write(Block block) => _writer.Write(block);

    /// <summary>Writes the end of the frame.</summary>
    public void End() => _writer.End();
}

using System.Buffers;
using Compressor.Blocks;
using Compressor.Concurrency;
using Compressor.Frames;
using Compressor.IO;

namespace Compressor;

/// <summary>
/// Compresses one frame from pieces of content of any size into pieces of data of any size, without streams. It holds one
/// block of content, what was made of it, and up to 64 MiB of the content before. Not for several threads at once; reusable after <see cref="Reset"/>.
/// </summary>
/// <example><code>
/// using var encoder = new LmzEncoder();
/// var data = new byte[Lmz.GetMaxCompressedLength(content.Length)];
/// encoder.Compress(content, data, out _, out int written, isFinalBlock: true);
/// </code></example>
public sealed class LmzEncoder : IDisposable
{
    private const int FirstBufferLength = 1 << 12;

    private readonly LmzCompressionOptions _options;
    private readonly PendingOutput _output = new();
    private byte[] _block = [];
    private int _count; // of the bytes in the block
    private long? _sourceLength;
    private FrameEncoder? _frame;
    private bool _finished;
    private bool _failed;
    private bool _disposed;

    /// <summary>Starts a frame.</summary>
    /// <param name="options">How to compress; null for the defaults.</param>
    public LmzEncoder(LmzCompressionOptions? options = null) => _options = options ?? new LmzCompressionOptions();

    /// <summary>Whether made data waits to be handed out.</summary>
    internal bool HasOutput => !_output.IsEmpty;

    /// <summary>States the length of the content, which the frame's header then says. Before anything is compressed.</summary>
    /// <param name="length">In bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">Less than 0.</exception>
    /// <exception cref="InvalidOperationException">Something is compressed already.</exception>
    /// <exception cref="ObjectDisposedException">The encoder is disposed.</exception>
    public void SetSourceLength(long length)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (_frame is not null || _count > 0)
            throw new InvalidOperationException("The length of the content must be set before it is compressed.");
        _sourceLength = length;
    }

    /// <summary>Compresses the next piece of content.</summary>
    /// <param name="source">The content; what was taken of it need not be given again.</param>
    /// <param name="destination">Receives data.</param>
    /// <param name="bytesConsumed">How much of <paramref name="source"/> was taken, in bytes.</param>
    /// <param name="bytesWritten">How much of <paramref name="destination"/> was filled, in bytes.</param>
    /// <param name="isFinalBlock">Whether <paramref name="source"/> ends the content; then the frame is ended.</param>
    /// <returns>
    /// <see cref="OperationStatus.Done"/> when all of the source was taken and nothing waits to be written, and
    /// <see cref="OperationStatus.DestinationTooSmall"/> when there is more to write: call again with what is left of the source.
    /// </returns>
    /// <exception cref="InvalidOperationException">The frame is ended, work failed before, or there is more or less content than was stated.</exception>
    /// <exception cref="ObjectDisposedException">The encoder is disposed.</exception>
    public OperationStatus Compress(ReadOnlySpan<byte> source, Span<byte> destination, out int bytesConsumed, out int bytesWritten, bool isFinalBlock)
    {
        RequireUsable(acceptsContent: !source.IsEmpty);
        var rest = source;
        bytesWritten = 0;
        do
        {
            bytesWritten += Take(destination[bytesWritten..]);
            if (HasOutput)
                break;
            if (Fill(ref rest))
                EncodeBlock(CancellationToken.None);
            else if (rest.IsEmpty && isFinalBlock && !_finished)
                Finish(CancellationToken.None);
        }
        while (HasOutput || !rest.IsEmpty);

        bytesConsumed = source.Length - rest.Length;
        return HasOutput ? OperationStatus.DestinationTooSmall : OperationStatus.Done;
    }

    /// <summary>
    /// Ends the current block, so that all content so far can be decompressed from what is written. A block costs up to
    /// 21 bytes, and what follows starts without knowing what went before: flush seldom.
    /// </summary>
    /// <param name="destination">Receives data.</param>
    /// <param name="bytesWritten">How much of it was filled, in bytes.</param>
    /// <returns><see cref="OperationStatus.Done"/>, or <see cref="OperationStatus.DestinationTooSmall"/> when there is more to write.</returns>
    /// <exception cref="InvalidOperationException">Work failed before.</exception>
    /// <exception cref="ObjectDisposedException">The encoder is disposed.</exception>
    public OperationStatus Flush(Span<byte> destination, out int bytesWritten)
    {
        RequireUsable(acceptsContent: false);
        EncodeBlock(CancellationToken.None);
        bytesWritten = Take(destination);
        return HasOutput ? OperationStatus.DestinationTooSmall : OperationStatus.Done;
    }

    /// <summary>Forgets the frame and starts another with the same options.</summary>
    /// <exception cref="ObjectDisposedException">The encoder is disposed.</exception>
    public void Reset()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _output.Clear();
        _count = 0;
        _sourceLength = null;
        _frame = null;
        _finished = false;
        _failed = false;
    }

    /// <summary>Ends the use of the encoder. A frame that is not ended stays incomplete.</summary>
    public void Dispose()
    {
        _disposed = true;
        _output.Clear();
        _block = [];
    }

    /// <summary>Hands out made data.</summary>
    internal int Take(Span<byte> destination) => _output.Take(destination);

    /// <summary>Takes content into the current block.</summary>
    /// <returns>Whether the block is full and must be encoded before there is room for more.</returns>
    internal bool Fill(ref ReadOnlySpan<byte> source)
    {
        RequireUsable(acceptsContent: !source.IsEmpty);
        var count = Math.Min(source.Length, _options.BlockLength - _count);
        if (_count + count > _block.Length)
            Array.Resize(ref _block, (int)Math.Min(_options.BlockLength, Math.Max(2L * _block.Length, Math.Max(_count + count, FirstBufferLength))));
        source[..count].CopyTo(_block.AsSpan(_count));
        _count += count;
        source = source[count..];
        return _count == _options.BlockLength;
    }

    /// <summary>Encodes what there is of the current block, if anything.</summary>
    internal void EncodeBlock(CancellationToken cancellation)
    {
        if (_count == 0)
            return;
        _failed = true; // unless this ends well
        var frame = Open();
        var block = frame.Encode(frame.Next(_block[.._count]), _options.ThreadCount, new ProgressMeter(null), cancellation);
        if (frame.ContentLength + _count > _sourceLength)
            throw new InvalidOperationException($"There is more content than the {_sourceLength} bytes that were stated.");
        frame.Write(block);
        _count = 0;
        _failed = false;
    }

    /// <summary>Encodes the last block and ends the frame.</summary>
    internal void Finish(CancellationToken cancellation)
    {
        EncodeBlock(cancellation);
        _failed = true;
        var frame = Open();
        if (frame.ContentLength != (_sourceLength ?? frame.ContentLength))
            throw new InvalidOperationException($"There are {frame.ContentLength} bytes of content, not the {_sourceLength} that were stated.");
        frame.End();
        _finished = true;
        _failed = false;
    }

    private FrameEncoder Open() => _frame ??= new FrameEncoder(_output, _options, BlockSettings.Of(_options), _sourceLength);

    private void RequireUsable(bool acceptsContent)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_failed)
            throw new InvalidOperationException("Compressing failed before; Reset starts another frame.");
        if (_finished && acceptsContent)
            throw new InvalidOperationException("The frame is ended; Reset starts another one.");
    }
}

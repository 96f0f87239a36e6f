using System.Buffers;
using Compressor.Blocks;
using Compressor.Concurrency;
using Compressor.Container;

namespace Compressor;

/// <summary>
/// Decompresses frames from pieces of data of any size into pieces of content of any size, without streams. It holds one
/// block, its data and its content, and up to 64 MiB of the content before. Not for several threads at once; reusable after <see cref="Reset"/>.
/// </summary>
/// <example><code>
/// using var decoder = new LmzDecoder();
/// while (decoder.Decompress(data, buffer, out int consumed, out int written) is var status)
/// {
///     Use(buffer[..written]);
///     data = data[consumed..];
///     if (status != OperationStatus.DestinationTooSmall) break; // Done, or NeedMoreData: it was cut short
/// }
/// </code></example>
public sealed class LmzDecoder : IDisposable
{
    private readonly LmzDecompressionOptions _options;
    private FrameParser _parser = new();
    private FrameContent _frames = new();
    private BlockDecoder? _next;
    private byte[] _content = [];
    private int _taken;
    private DecodingBudget _budget;
    private bool _failed;
    private bool _disposed;

    /// <summary>Expects a frame.</summary>
    /// <param name="options">How to decompress; null for the defaults.</param>
    public LmzDecoder(LmzDecompressionOptions? options = null)
    {
        _options = options ?? new LmzDecompressionOptions();
        _budget = new DecodingBudget(_options);
    }

    /// <summary>What is wrong with the data, and where, after <see cref="OperationStatus.InvalidData"/>; null before.</summary>
    public InvalidDataException? Error { get; private set; }

    /// <summary>Whether content waits to be handed out.</summary>
    internal bool HasOutput => _taken < _content.Length;

    /// <summary>Whether the data may end here.</summary>
    internal bool AtEnd => !HasOutput && _next is null && _parser.AtBoundary;

    /// <summary>Decompresses the next piece of data.</summary>
    /// <param name="source">The data; what was taken of it need not be given again.</param>
    /// <param name="destination">Receives content. Each block is verified before any of it is handed out.</param>
    /// <param name="bytesConsumed">How much of <paramref name="source"/> was taken, in bytes.</param>
    /// <param name="bytesWritten">How much of <paramref name="destination"/> was filled, in bytes.</param>
    /// <returns>
    /// <see cref="OperationStatus.Done"/> at the end of a frame: the data may end here, or another frame may follow;
    /// <see cref="OperationStatus.NeedMoreData"/> within a frame; <see cref="OperationStatus.DestinationTooSmall"/> when there is more
    /// to write: call again with what is left of the source; <see cref="OperationStatus.InvalidData"/>, from then on, when
    /// the data is damaged: see <see cref="Error"/>.
    /// </returns>
    /// <exception cref="ModelNotFoundException">The data was made with a model that is not at hand.</exception>
    /// <exception cref="InvalidOperationException">Work failed before.</exception>
    /// <exception cref="ObjectDisposedException">The decoder is disposed.</exception>
    public OperationStatus Decompress(ReadOnlySpan<byte> source, Span<byte> destination, out int bytesConsumed, out int bytesWritten)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        (bytesConsumed, bytesWritten) = (0, 0);
        if (Error is not null)
            return OperationStatus.InvalidData;

        var rest = source;
        try
        {
            do
            {
                bytesWritten += Take(destination[bytesWritten..]);
                if (HasOutput)
                    return OperationStatus.DestinationTooSmall;
                if (Feed(ref rest))
                    DecodeBlock(CancellationToken.None);
            }
            while (HasOutput || !rest.IsEmpty);

            return AtEnd ? OperationStatus.Done : OperationStatus.NeedMoreData;
        }
        catch (InvalidDataException e)
        {
            Error = e; // of a block, or the structure
            return OperationStatus.InvalidData;
        }
        finally
        {
            bytesConsumed = source.Length - rest.Length;
        }
    }

    /// <summary>Forgets the data and expects a frame again.</summary>
    /// <exception cref="ObjectDisposedException">The decoder is disposed.</exception>
    public void Reset()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _parser = new FrameParser();
        _frames = new FrameContent();
        _next = null;
        (_content, _taken) = ([], 0);
        _budget = new DecodingBudget(_options);
        _failed = false;
        Error = null;
    }

    /// <summary>Ends the use of the decoder.</summary>
    public void Dispose()
    {
        _disposed = true;
        (_content, _taken) = ([], 0);
        _frames = new FrameContent();
        _next = null;
    }

    /// <summary>Hands out content.</summary>
    internal int Take(Span<byte> destination)
    {
        var count = Math.Min(destination.Length, _content.Length - _taken);
        _content.AsSpan(_taken, count).CopyTo(destination);
        _taken += count;
        return count;
    }

    /// <summary>Takes data, until there is a block to decode.</summary>
    /// <returns>Whether there is one; else more data is needed, if any follows.</returns>
    /// <exception cref="InvalidDataException">The data is malformed.</exception>
    internal bool Feed(ref ReadOnlySpan<byte> source)
    {
        RequireUsable();
        if (_next is not null)
            return true;
        _failed = true; // unless this ends well
        while (_next is null)
        {
            var found = _parser.Next(ref source);
            if (found == ParserEvent.Invalid)
                throw _parser.Error!.ToException();
            if (found == ParserEvent.NeedsData)
                break;
            if (found == ParserEvent.Block)
            {
                _budget.Add(_parser.Block);
                _next = BlockDecoder.For(_parser.Block, _options);
            }
        }

        _failed = false;
        return _next is not null;
    }

    /// <summary>Decodes the block that <see cref="Feed"/> found.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    internal void DecodeBlock(CancellationToken cancellation)
    {
        RequireUsable();
        _failed = true;
        _content = _frames.Next(_next!.Decode(_options.ThreadCount, new ProgressMeter(null), cancellation));
        _taken = 0;
        _next = null;
        _failed = false;
    }

    /// <summary>The error of data that ends where it may not.</summary>
    internal InvalidDataException EndsEarly() => _parser.EndsEarly().ToException();

    private void RequireUsable()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_failed)
            throw new InvalidOperationException("Decompressing failed before; Reset starts anew.");
    }
}

using Compressor.Blocks;
using Compressor.Concurrency;
using Compressor.Container;
using Compressor.Frames;
using Compressor.Repeats;

namespace Compressor;

/// <summary>
/// Reads content at any offset and decompresses only the blocks that are touched and those that they repeat. The seek tables at the ends of frames
/// say where those are; where there is none, the headers of blocks do. Calls of several threads are served one after the other.
/// </summary>
/// <example><code>
/// using var reader = new LmzReader(File.OpenRead("book.txt.lmz"));
/// var page = new byte[1000];
/// int count = reader.Read(offset: 250_000, page);
/// </code></example>
public sealed class LmzReader : IDisposable
{
    private readonly Stream _source;
    private readonly LmzDecompressionOptions _options;
    private readonly bool _leaveOpen;
    private readonly List<IndexedBlock> _blocks;
    private readonly Lock _lock = new();
    private readonly DecodedBlockCache _decoded = new();
    private bool _disposed;

    /// <summary>Finds the blocks of some data.</summary>
    /// <param name="source">One or more frames, and nothing else, from its position to its end. It must be able to seek, and nobody else may use it meanwhile.</param>
    /// <param name="options">How to decompress; null for the defaults.</param>
    /// <param name="leaveOpen">Whether <paramref name="source"/> stays open when the reader is disposed.</param>
    /// <exception cref="ArgumentException">The stream cannot be read from, or cannot seek.</exception>
    /// <exception cref="InvalidDataException">The data is cut short, no .lmz data, visibly damaged, or has more content than the options accept.</exception>
    /// <exception cref="IOException">The stream fails.</exception>
    public LmzReader(Stream source, LmzDecompressionOptions? options = null, bool leaveOpen = false)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (!source.CanRead || !source.CanSeek)
            throw new ArgumentException("The stream cannot be read from, or cannot seek.", nameof(source));
        _source = source;
        _options = options ?? new LmzDecompressionOptions();
        _leaveOpen = leaveOpen;
        _blocks = BlockIndex.Of(source);
        if (Length > _options.MaxContentLength)
            throw new InvalidDataException($"There are {Length} bytes of content, more than the {_options.MaxContentLength} that are accepted.");
    }

    /// <summary>The length of the content of all frames in bytes.</summary>
    public long Length => _blocks is [.., var last] ? last.ContentEnd : 0;

    /// <summary>The number of blocks.</summary>
    public int BlockCount => _blocks.Count;

    /// <summary>Which content a part has, by the blocks that there are.</summary>
    /// <param name="part">The part.</param>
    /// <returns>Where it starts in the whole content, and its length, in bytes; that is 0 for some parts where there are more of them than blocks.</returns>
    public (long Offset, long Length) RangeOf(LmzPart part)
    {
        var (first, end) = part.ShareOf(_blocks.Count);
        var start = first < _blocks.Count ? _blocks[(int)first].ContentStart : Length;
        return (start, (end > first ? _blocks[(int)end - 1].ContentEnd : start) - start);
    }

    /// <summary>Reads content.</summary>
    /// <param name="offset">Where it starts, in bytes from the start of the content.</param>
    /// <param name="destination">Receives it, and is filled unless the content ends before.</param>
    /// <returns>How many bytes were read; 0 at the end of the content or behind it.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="offset"/> is less than 0.</exception>
    /// <exception cref="InvalidDataException">A block that is touched is damaged.</exception>
    /// <exception cref="ModelNotFoundException">The data was made with a model that is not at hand.</exception>
    /// <exception cref="IOException">The stream fails.</exception>
    /// <exception cref="ObjectDisposedException">The reader is disposed.</exception>
    public int Read(long offset, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var count = 0;
            var budget = new DecodingBudget(_options);
            for (var i = Find(offset); i < _blocks.Count && count < destination.Length; i++)
            {
                var part = ContentOf(i, budget).AsSpan((int)(offset + count - _blocks[i].ContentStart));
                part = part[..Math.Min(part.Length, destination.Length - count)];
                part.CopyTo(destination[count..]);
                count += part.Length;
            }

            return count;
        }
    }

    /// <summary>Copies content to a stream; several blocks are worked on at the same time.</summary>
    /// <param name="destination">Receives the content. Each block is verified before it is written.</param>
    /// <param name="offset">Where it starts, in bytes from the start of the content.</param>
    /// <param name="length">Its length in bytes; what would be behind the end of the content is left out.</param>
    /// <param name="progress">Told the content bytes decompressed so far, now and then; from any thread, but one report at a time.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="offset"/> or <paramref name="length"/> is less than 0.</exception>
    /// <exception cref="InvalidDataException">A block that is touched is damaged.</exception>
    /// <exception cref="ModelNotFoundException">The data was made with a model that is not at hand.</exception>
    /// <exception cref="IOException">A stream fails.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The reader is disposed.</exception>
    public void CopyTo(Stream destination, long offset, long length, IProgress<long>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(destination);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ObjectDisposedException.ThrowIf(_disposed, this);
        var end = length > Length - offset ? Length : offset + length;
        var first = Find(offset);
        var count = _blocks.Skip(first).TakeWhile(block => block.ContentStart < end).Count();
        var meter = new ProgressMeter(progress);
        var budget = new DecodingBudget(_options);
        var keepsMany = KeepMany(true); // what was copied may be repeated
        try
        {
            OrderedPipeline.Run(
                Enumerable.Range(first, count).Select(i => (Number: i, Decodable: Read(i, budget))), // locked for each: what the caller is told of and writes to may use the reader
                (item, threads, stop) => (item.Number, Decoded: item.Decodable.Decode(threads, meter, stop)),
                result =>
                {
                    var block = _blocks[result.Number];
                    var from = Math.Max(0, offset - block.ContentStart);
                    var to = Math.Min(block.ContentLength, end - block.ContentStart);
                    destination.Write(Complete(result.Number, result.Decoded, budget).AsSpan((int)from..(int)to));
                },
                _options.ThreadCount,
                cancellationToken);
        }
        finally
        {
            KeepMany(keepsMany);
        }
    }

    /// <summary>The content as a stream that can seek. It is valid as long as the reader is, and not for several threads at once.</summary>
    /// <exception cref="ObjectDisposedException">The reader is disposed.</exception>
    public Stream OpenStream()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return new ContentStream(this);
    }

    /// <summary>Ends the use of the reader, and closes the stream unless it is to stay open.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (!_disposed && !_leaveOpen)
                _source.Dispose();
            _disposed = true;
            _decoded.Clear();
        }
    }

    /// <summary>The number of the block with the content at an offset, or of blocks when there is none.</summary>
    private int Find(long offset)
    {
        var (low, high) = (0, _blocks.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_blocks[middle].ContentEnd <= offset)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    private byte[] ContentOf(int number, DecodingBudget budget) => Complete(number, Decode(number, budget), budget);

    private DecodedBlock Decode(int number, DecodingBudget budget) =>
        _decoded.Find(number) ?? Read(number, budget).Decode(_options.ThreadCount, new ProgressMeter(null), CancellationToken.None);

    private byte[] Complete(int number, DecodedBlock decoded, DecodingBudget budget)
    {
        lock (_lock)
        {
            _decoded.Add(number, decoded);
            var block = _blocks[number];
            return decoded.Complete(block.ContentStart - block.FrameStart, new EarlierContent(this, block.FrameStart, budget));
        }
    }

    private BlockDecoder Read(int number, DecodingBudget budget)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var block = _blocks[number];
            var parsed = ParsedBlock.TryReadAt(_source, block.Frame, block.Offset, block.DataLength, block.ContentLength, out var error)
                ?? throw error!.ToException();
            budget.AddWork(parsed);
            return BlockDecoder.For(parsed, _options);
        }
    }

    /// <returns>Whether it was so before.</returns>
    private bool KeepMany(bool value)
    {
        lock (_lock)
        {
            var before = _decoded.KeepsMany;
            _decoded.KeepsMany = value;
            return before;
        }
    }

    /// <summary>The content of a frame, as far as its blocks have it by themselves: so much can be had without more than one step back.</summary>
    private sealed class EarlierContent(LmzReader reader, long frameStart, DecodingBudget budget) : IContentSource
    {
        public void Read(long position, Span<byte> destination)
        {
            if (position < 0)
                throw new InvalidDataException("the source of a repeat is before the frame");
            while (!destination.IsEmpty)
            {
                var number = reader.Find(frameStart + position);
                var start = (int)(frameStart + position - reader._blocks[number].ContentStart);
                var decoded = reader.Decode(number, budget);
                reader._decoded.Add(number, decoded);
                var part = destination[..Math.Min(destination.Length, decoded.ContentLength - start)];
                decoded.CopyOwn(start, part);
                destination = destination[part.Length..];
                position += part.Length;
            }
        }
    }

    /// <summary>The content of a reader, read from a position that moves on.</summary>
    private sealed class ContentStream(LmzReader reader) : Stream
    {
        private long _position;

        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length => reader.Length;

        public override long Position
        {
            get => _position;
            set
            {
                ArgumentOutOfRangeException.ThrowIfNegative(value);
                _position = value;
            }
        }

        public override int Read(Span<byte> buffer)
        {
            var count = reader.Read(_position, buffer);
            _position += count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            ValidateBufferArguments(buffer, offset, count);
            return Read(buffer.AsSpan(offset, count));
        }

        public override long Seek(long offset, SeekOrigin origin)
        {
            var position = offset + origin switch
            {
                SeekOrigin.Begin => 0,
                SeekOrigin.Current => _position,
                SeekOrigin.End => Length,
                _ => throw new ArgumentException("No such origin.", nameof(origin)),
            };
            if (position < 0)
                throw new IOException("The position would be before the start of the content.");
            return _position = position;
        }

        public override void Flush()
        {
        }

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}

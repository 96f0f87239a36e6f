using Compressor.Blocks;
using Compressor.Concurrency;
using Compressor.Container;

namespace Compressor.Recovery;

/// <summary>
/// Finds the blocks of data that may be damaged anywhere. Where frames at the end of the data have a seek table, it says where they
/// are, even if the frame's header is gone: with what is at hand, models and dictionary, the header can be made again, and the
/// check of the table shows which it was. Elsewhere blocks follow each other from header to header, and after damage
/// the next block is searched for byte by byte. One is believed when its check is right and something like a block or an end follows it.
/// </summary>
internal sealed class RecoveryScan
{
    /// <summary>Longer than any header of a frame or a block.</summary>
    private const int MaxHeaderLength = 64;

    private const int SearchLength = 1 << 16;

    /// <summary>Decoding takes its time, and hostile data can look like a block at every byte.</summary>
    private const int MaxTrials = 64;

    private readonly Stream _source;
    private readonly LmzDecompressionOptions _options;
    private readonly CancellationToken _cancellation;
    private long _end; // of what is scanned
    private int _trials;

    public RecoveryScan(Stream source, LmzDecompressionOptions options, CancellationToken cancellation)
    {
        _source = source;
        _options = options;
        _cancellation = cancellation;
    }

    /// <summary>The items in order, from the position of the stream to its end. Its position changes.</summary>
    public IEnumerable<RecoveryItem> Items()
    {
        var start = _source.Position;
        _end = _source.Length;
        var frames = new Stack<(FrameHeader Header, SeekTable Table, bool HeaderIsDamaged)>();
        while (SeekTable.TryReadBefore(_source, start, _end) is { } table && HeaderOf(table, out var isDamaged) is { } header)
        {
            frames.Push((header, table, isDamaged));
            _end = table.FrameOffset;
        }

        if (_end > start || frames.Count == 0)
        {
            foreach (var item in Scan(start))
                yield return item;
        }

        foreach (var (header, table, isDamaged) in frames)
        {
            if (isDamaged)
                yield return RecoveryItem.Damage(table.FrameOffset, table.HeaderLength, "the frame header is damaged; it was made again");
            foreach (var entry in table.Entries)
                yield return RecoveryItem.Block(header, entry.Offset, entry.DataLength, entry.ContentLength, entry.Check);
        }
    }

    /// <summary>A block that is where a item says, read but not decoded.</summary>
    /// <exception cref="InvalidDataException">It is not.</exception>
    public ParsedBlock Read(RecoveryItem item)
    {
        var block = ParsedBlock.ReadAt(_source, item.Frame!, item.Offset, item.Length, item.ContentLength!.Value);
        return block.Block.Check == (item.Check ?? block.Block.Check)
            ? block
            : throw FormatReader.Invalid("the check of the block that starts here is another than the seek table says", item.Offset);
    }

    private FrameHeader? HeaderOf(SeekTable table, out bool isDamaged)
    {
        var contentLength = table.Entries.Sum(entry => (long)entry.ContentLength);
        var header = TryReadFrameHeader(table.FrameOffset);
        isDamaged = header is null || !table.Fits(header);
        if (!isDamaged)
            return header;
        return (from model in ModelsAtHand()
                from length in (long?[])[contentLength, null]
                from dictionary in _options.Dictionary is null ? (ulong?[])[null] : [null, _options.Dictionary.Hash]
                select new FrameHeader(model, length, dictionary)).FirstOrDefault(table.Fits);
    }

    /// <summary>Of no model, as the frame may have been made without, and of those at hand.</summary>
    private IEnumerable<ModelId> ModelsAtHand() => _options.ModelsAtHand.Select(model => model.Id).Prepend(default);

    private IEnumerable<RecoveryItem> Scan(long start)
    {
        FrameHeader? frame = null;
        FrameEndBuilder? endBuilder = null; // of the frame; null once something of it is damaged
        var frames = 0;
        for (var position = start; position < _end || frames == 0;)
        {
            _cancellation.ThrowIfCancellationRequested();
            if (frame is null && TryReadFrameHeader(position) is { } header)
            {
                (frame, endBuilder) = (header, new FrameEndBuilder(header));
                frames++;
                position += header.ToBytes().Length;
                continue;
            }

            if (frame is not null && TryReadEnd(position, frame, endBuilder, out var endLength, out var problem))
            {
                if (problem is not null)
                    yield return RecoveryItem.Damage(position, endLength, problem);
                position += endLength;
                frame = null;
                continue;
            }

            if (frame is not null && TryReadBlock(position) is { } block)
            {
                var next = position + block.DataLength;
                if (LooksLikeStart(next) || IsSound(frame, position, block))
                {
                    if (endBuilder is not null)
                        endBuilder.Add(block, TryReadCheck(next));
                    yield return RecoveryItem.Block(frame, position, block.DataLength, block.ContentLength);
                    position = next;
                    continue;
                }
            }

            var (found, foundFrame) = Search(position + 1, frame);
            yield return RecoveryItem.Damage(
                position, found - position, frame is null ? "no frame starts here" : found == _end ? "no whole block follows" : "no block starts here");
            frame = foundFrame ? null : frame;
            endBuilder = null;
            frames++;
            position = found;
            if (position == _end)
                yield break;
        }

        if (frame is not null)
            yield return RecoveryItem.Damage(_end, 0, "the data ends before the frame does");
    }

    /// <summary>The next place where a frame or, within one, a block is.</summary>
    private (long Position, bool IsFrame) Search(long from, FrameHeader? frame)
    {
        for (var start = from; start < _end; start += SearchLength)
        {
            _cancellation.ThrowIfCancellationRequested();
            var bytes = Peek(start, SearchLength + MaxHeaderLength);
            for (var i = 0; i < Math.Min(SearchLength, bytes.Length); i++)
            {
                if (bytes[i] == FrameHeader.FirstByte && TryParse(bytes.AsMemory(i), start + i, FrameHeader.Read) is not null)
                    return (start + i, true);
                if (frame is not null && Enum.IsDefined((LmzBlockType)bytes[i]) && bytes[i] != (byte)LmzBlockType.End
                    && TryReadBlock(start + i) is { } block && LooksLikeStart(start + i + block.DataLength) && IsSound(frame, start + i, block))
                    return (start + i, false);
            }
        }

        return (_end, false);
    }

    private bool LooksLikeStart(long position) =>
        Peek(position, 1) is [var type] && (type is FrameEndBuilder.PlainEnd or FrameEndBuilder.TableEnd || TryReadBlock(position) is not null);

    /// <summary>Whether the block at a position decodes and has the right check.</summary>
    private bool IsSound(FrameHeader frame, long position, BlockHeader block)
    {
        if (_trials++ >= MaxTrials)
            return false;
        try
        {
            var item = RecoveryItem.Block(frame, position, block.DataLength, block.ContentLength);
            DecodableBlock.For(Read(item), 0, _options).DecodeAlone(ThreadCount.Of(_options.Threads), new ProgressMeter(null), _cancellation);
            return true;
        }
        catch (Exception e) when (e is InvalidDataException or ModelNotFoundException or DictionaryNotFoundException)
        {
            return false;
        }
    }

    /// <summary>The end of a frame, if one is there. After damage in the frame, its end is what is before the next frame.</summary>
    private bool TryReadEnd(long position, FrameHeader frame, FrameEndBuilder? endBuilder, out long length, out string? problem)
    {
        (length, problem) = (0, null);
        if (Peek(position, 1) is not [FrameEndBuilder.PlainEnd or FrameEndBuilder.TableEnd])
            return false;
        if (endBuilder is not null)
        {
            var isComplete = endBuilder.ContentLength == (frame.ContentLength ?? endBuilder.ContentLength);
            var expected = endBuilder.EndBytes();
            if (isComplete && Peek(position, expected.Length).AsSpan().SequenceEqual(expected))
            {
                length = expected.Length;
                return true;
            }

            problem = isComplete ? "the end of the frame does not match its blocks" : "blocks are missing before the end of the frame";
        }

        length = Search(position + 1, null).Position - position;
        return true;
    }

    private FrameHeader? TryReadFrameHeader(long position) => TryParse(Peek(position, MaxHeaderLength), position, FrameHeader.Read);

    private BlockHeader? TryReadBlock(long position)
    {
        var block = TryParse(Peek(position, MaxHeaderLength), position, reader => BlockHeader.Read((LmzBlockType)reader.ReadByte("type of a block"), reader));
        return block is not null && block.DataLength <= _end - position ? block : null;
    }

    private uint TryReadCheck(long end) => BitConverter.ToUInt32(Peek(end - Crc32C.Length, Crc32C.Length));

    private static T? TryParse<T>(ReadOnlyMemory<byte> bytes, long offset, Func<FormatReader, T> parse)
        where T : class
    {
        try
        {
            return parse(new FormatReader(bytes[..Math.Min(bytes.Length, MaxHeaderLength)].ToArray(), offset));
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    /// <summary>The bytes at a position, fewer where the data ends.</summary>
    private byte[] Peek(long position, int count)
    {
        var bytes = new byte[Math.Clamp(_end - position, 0, count)];
        _source.Position = position;
        _source.ReadExactly(bytes);
        return bytes;
    }
}

using System.Buffers.Binary;
using Compressor.Blocks;
using Compressor.Concurrency;
using Compressor.Container;

namespace Compressor.Recovery;

/// <summary>A part of data that may be damaged: a block that can be tried, or something that is no block.</summary>
/// <param name="Offset">Where it starts in the data.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Frame">The header of the block's frame; null if it is no block.</param>
/// <param name="ContentLength">The length of the content in bytes, if known.</param>
/// <param name="Check">The check that the block must state, if known from a seek table.</param>
/// <param name="Reason">What is wrong with it; null if it is a block that can be tried.</param>
internal sealed record RecoveryItem(long Offset, long Length, FrameHeader? Frame, int? ContentLength, uint? Check, string? Reason)
{
    public static RecoveryItem Block(FrameHeader frame, long offset, int length, int contentLength, uint? check = null) =>
        new(offset, length, frame, contentLength, check, null);

    public static RecoveryItem Damage(long offset, long length, string reason) => new(offset, length, null, null, null, reason);
}

/// <summary>
/// Finds the blocks of data that may be damaged anywhere. Where frames at the end of the data have a seek table, it says where they
/// are, even if the frame's header is gone: with the dictionary at hand, if any, the header can be made again, and the
/// check of the table shows which it was. Elsewhere blocks follow each other from header to header, and after damage
/// the next block is searched for byte by byte. One is believed when its check is right and something like a block or an end follows it.
/// </summary>
internal sealed class RecoveryScan
{
    private const int SearchLength = 1 << 16;

    private const int MaxHeaderLength = FrameHeader.MaxLength > BlockHeader.MaxLength ? FrameHeader.MaxLength : BlockHeader.MaxLength;

    /// <summary>Decoding takes its time, and hostile data can look like a block at every byte.</summary>
    private const int MaxTrials = 64;

    /// <summary>Content that may be predicted in trials, in bytes, and so much more for each byte of data.</summary>
    private const int FreeTrialLength = 1 << 20;

    private const int TrialLengthPerByte = 4;

    private readonly Stream _source;
    private readonly LmzDecompressionOptions _options;
    private readonly CancellationToken _cancellation;
    private long _end; // of what is scanned
    private bool _isFollowed; // by the end of a frame, which is known
    private readonly long _maxTrialLength;
    private int _trials;
    private long _trialLength;

    public RecoveryScan(Stream source, LmzDecompressionOptions options, CancellationToken cancellation)
    {
        _source = source;
        _options = options;
        _cancellation = cancellation;
        _maxTrialLength = FreeTrialLength + (TrialLengthPerByte * source.Length);
    }

    /// <summary>What there is in order, from the position of the stream to its end. Its position changes.</summary>
    public IEnumerable<RecoveryItem> Items()
    {
        var start = _source.Position;
        _end = _source.Length;
        var frames = new Stack<(FrameHeader Header, SeekTable Table, bool HeaderIsDamaged)>();
        while (SeekTable.TryReadBefore(_source, start, _end) is { } table && HeaderOf(table, table.FrameOffset, out var isDamaged) is { } header)
        {
            frames.Push((header, table, isDamaged));
            _end = table.FrameOffset;
        }

        if (_end > start || frames.Count == 0)
        {
            foreach (var item in ScanByTable(start))
                yield return item;
        }

        foreach (var (header, table, isDamaged) in frames)
        {
            if (isDamaged)
                yield return RecoveryItem.Damage(table.FrameOffset, table.HeaderLength, "the frame header is damaged; it was made again") with { ContentLength = 0 };
            foreach (var entry in table.Entries)
                yield return RecoveryItem.Block(header, entry.Offset, entry.DataLength, entry.ContentLength, entry.Check);
        }
    }

    /// <summary>Reads a block that is where an item says; it is not decoded.</summary>
    /// <param name="item">A block.</param>
    /// <param name="reason">What is wrong if there is none, or if what decoding it takes is not at hand.</param>
    public BlockDecoder? TryRead(RecoveryItem item, out string? reason)
    {
        var parsed = ParsedBlock.TryReadAt(_source, item.Frame!, item.Offset, (int)item.Length, item.ContentLength!.Value, out var error);
        if (parsed is not null && parsed.Block.Check != (item.Check ?? parsed.Block.Check))
        {
            parsed = null;
            error = new FormatError(FormatErrorKind.Malformed, "the check of the block that starts here is another than the seek table says", item.Offset);
        }

        reason = error?.What;
        if (parsed is null)
            return null;
        var block = BlockDecoder.TryFor(parsed, _options, out var missing);
        reason = missing?.Message;
        return block;
    }

    private FrameHeader? HeaderOf(SeekTable table, long position, out bool isDamaged)
    {
        var contentLength = table.Entries.Sum(entry => (long)entry.ContentLength);
        var header = TryReadFrameHeader(position);
        isDamaged = header is null || !table.Fits(header);
        if (!isDamaged)
            return header;
        return (from length in (long?[])[contentLength, null]
                from dictionary in _options.Dictionary is null ? (ulong?[])[null] : [null, _options.Dictionary.Hash]
                select new FrameHeader(length, dictionary)).FirstOrDefault(table.Fits);
    }

    /// <summary>
    /// Where a piece of data is missing, the seek table behind it puts blocks where they are not. But it knows them by their lengths and checks, so it says which
    /// of them are missing among those that are found, and how much content that is.
    /// </summary>
    private IEnumerable<RecoveryItem> ScanByTable(long start)
    {
        if (SeekTable.TryReadBefore(_source, start, _end, mayBeShort: true) is not { } table || HeaderOf(table, start, out _) is not { } header)
            return Scan(start, null);
        (_end, _isFollowed) = (_end - table.EndBytes.Length, true);
        var isThere = TryReadFrameHeader(start) is not null;
        return new MissingBlocks(table, header).Among(Scan(start, isThere ? null : header), CheckOf, _end);
    }

    /// <summary>The check that the block of an item states.</summary>
    private uint CheckOf(RecoveryItem item) => BinaryPrimitives.ReadUInt32LittleEndian(Peek(item.Offset + item.Length - Crc32C.Length, Crc32C.Length));

    /// <param name="start">Where to start.</param>
    /// <param name="frame">The header of a frame whose start is missing; null if one must be found first.</param>
    private IEnumerable<RecoveryItem> Scan(long start, FrameHeader? frame)
    {
        FrameEndBuilder? endBuilder = null; // of the frame; null once something of it is damaged
        var frames = frame is null ? 0 : 1;
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

            if (frame is not null && TryReadBlock(frame, position) is { } block)
            {
                var next = position + block.DataLength;
                if (LooksLikeStart(frame, next) || IsSound(frame, position, block))
                {
                    endBuilder?.Add(block, BinaryPrimitives.ReadUInt32LittleEndian(Peek(next - Crc32C.Length, Crc32C.Length)));
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

        if (frame is not null && !_isFollowed)
            yield return RecoveryItem.Damage(_end, 0, "the data ends before the frame does");
    }

    /// <summary>The next place where a frame or, within one, a block is.</summary>
    private (long Position, bool IsFrame) Search(long from, FrameHeader? frame)
    {
        for (var start = from; start < _end; start += SearchLength)
        {
            _cancellation.ThrowIfCancellationRequested();
            ReadOnlyMemory<byte> bytes = Peek(start, SearchLength + MaxHeaderLength);
            for (var i = 0; i < Math.Min(SearchLength, bytes.Length); i++)
            {
                if (bytes.Span[i..].StartsWith(FrameHeader.Magic) && FrameHeader.Read(new FormatReader(bytes[i..], start + i)) is not null)
                    return (start + i, true);
                if (frame is not null && BlockHeader.Read(new FormatReader(bytes[i..], start + i)) is { } block && IsWithinData(block, start + i)
                    && LooksLikeStart(frame, start + i + block.DataLength) && IsSound(frame, start + i, block))
                    return (start + i, false);
            }
        }

        return (_end, false);
    }

    private bool LooksLikeStart(FrameHeader frame, long position) =>
        (position == _end && _isFollowed) || Peek(position, 1) is [var type] && (type is FrameEndBuilder.PlainEnd or FrameEndBuilder.TableEnd || TryReadBlock(frame, position) is not null);

    /// <summary>Whether the block at a position decodes and has the right check, which only what is before can show of one that repeats it.</summary>
    private bool IsSound(FrameHeader frame, long position, BlockHeader header)
    {
        var item = RecoveryItem.Block(frame, position, header.DataLength, header.ContentLength);
        _trialLength += header.Coded.IsPredicted ? header.Coded.ContentLength : 0;
        if (_trials++ >= MaxTrials || _trialLength > _maxTrialLength || TryRead(item, out _) is not { } block)
            return false;
        if (header.Type == LmzBlockType.Stored)
            return BlockDecoder.HasRightCheck(frame, block.Source.Block, block.Source.Block.Body);
        try
        {
            block.DecodeUnlocated(_options.ThreadCount, new ProgressMeter(null), _cancellation);
            return true;
        }
        catch (InvalidDataException)
        {
            return false; // only decoding can say
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

    private FrameHeader? TryReadFrameHeader(long position) =>
        FrameHeader.Read(new FormatReader(Peek(position, FrameHeader.MaxLength), position));

    private BlockHeader? TryReadBlock(FrameHeader frame, long position) =>
        BlockHeader.Read(new FormatReader(Peek(position, BlockHeader.MaxLength), position)) is { } block && IsWithinData(block, position) ? block : null;

    private bool IsWithinData(BlockHeader block, long position) => block.DataLength <= _end - position;

    /// <summary>The bytes at a position, fewer where the data ends.</summary>
    private byte[] Peek(long position, int count)
    {
        var bytes = new byte[Math.Clamp(_end - position, 0, count)];
        _source.Position = position;
        _source.ReadExactly(bytes);
        return bytes;
    }
}

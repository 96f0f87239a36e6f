namespace Compressor.Container;

/// <summary>Where a block of some data is and which content it holds.</summary>
/// <param name="Frame">The header of its frame.</param>
/// <param name="Offset">Where it starts in the data.</param>
/// <param name="DataLength">Its length in bytes.</param>
/// <param name="ContentStart">Where its content starts in the content of all frames.</param>
/// <param name="ContentLength">The length of its content in bytes.</param>
/// <param name="FrameStart">Where the content of its frame starts in that of all frames.</param>
internal sealed record IndexedBlock(FrameHeader Frame, long Offset, int DataLength, long ContentStart, int ContentLength, long FrameStart)
{
    public long ContentEnd => ContentStart + ContentLength;
}

/// <summary>
/// Finds the blocks of data that can seek. Frames at the end of the data that have a seek table are found by it; for what
/// is before them, the headers of all blocks are read.
/// </summary>
internal static class BlockIndex
{
    /// <param name="source">The data, from its position to its end. Its position changes.</param>
    /// <exception cref="InvalidDataException">The data is cut short, no .lmz data, or visibly damaged.</exception>
    public static List<IndexedBlock> Of(Stream source)
    {
        var start = source.Position;
        var end = source.Length;
        var tables = new Stack<(FrameHeader Header, SeekTable Table)>();
        while (SeekTable.TryReadBefore(source, start, end) is { } table && TryReadHeader(source, table) is { } header)
        {
            tables.Push((header, table));
            end = table.FrameOffset;
        }

        var blocks = new List<IndexedBlock>();
        if (end > start || tables.Count == 0)
            Scan(source, start, end, blocks);
        foreach (var (header, table) in tables)
        {
            foreach (var entry in table.Entries)
                Add(blocks, header, entry.Offset, entry.DataLength, entry.ContentLength);
        }

        return blocks;
    }

    private static FrameHeader? TryReadHeader(Stream source, SeekTable table)
    {
        var bytes = new byte[table.HeaderLength];
        source.Position = table.FrameOffset;
        source.ReadExactly(bytes);
        // If it is none, scanning says what is wrong.
        return FrameHeader.Read(new FormatReader(bytes, table.FrameOffset)) is { } header && table.Fits(header) ? header : null;
    }

    private static void Scan(Stream source, long start, long end, List<IndexedBlock> blocks)
    {
        source.Position = start;
        var reader = new FrameReader(source, withBodies: false, start);
        var parser = reader.Parser;
        while (reader.Next() is { } found)
        {
            if (found == ParserEvent.Block)
                Add(blocks, parser.Frame, parser.Block.Offset, parser.Block.Block.Header.DataLength, parser.Block.Block.Header.ContentLength);
            if (found == ParserEvent.FrameEnd && parser.Offset >= end)
                break;
        }

        if (parser.Offset > end)
            throw FormatError.Malformed("the frames overlap", end);
    }

    private static void Add(List<IndexedBlock> blocks, FrameHeader frame, long offset, int dataLength, int contentLength)
    {
        var last = blocks is [.., var block] ? block : null;
        var start = last?.ContentEnd ?? 0;
        var frameStart = last is not null && ReferenceEquals(last.Frame, frame) ? last.FrameStart : start;
        blocks.Add(new IndexedBlock(frame, offset, dataLength, start, contentLength, frameStart));
    }
}

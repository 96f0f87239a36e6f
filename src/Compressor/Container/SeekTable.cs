using System.Buffers.Binary;

namespace Compressor.Container;

/// <summary>A block as a seek table states it.</summary>
/// <param name="Offset">Where the block starts in the data.</param>
/// <param name="DataLength">Its length in bytes: header, body and check.</param>
/// <param name="ContentLength">The length of its content in bytes.</param>
/// <param name="Check">Its check.</param>
internal readonly record struct SeekEntry(long Offset, int DataLength, int ContentLength, uint Check);

/// <summary>The seek table of a frame, found from the frame's end: where its blocks are and what they hold.</summary>
/// <param name="FrameOffset">Where the frame starts in the data.</param>
/// <param name="HeaderLength">The length of the frame's header in bytes.</param>
/// <param name="Entries">The blocks in order.</param>
/// <param name="EndBytes">The end of the frame, as it stands in the data.</param>
internal sealed record SeekTable(long FrameOffset, int HeaderLength, IReadOnlyList<SeekEntry> Entries, ReadOnlyMemory<byte> EndBytes)
{
    private const int TrailerLength = sizeof(uint) + 1; // length of what is before, last byte
    private const int MinLength = 1 + 1 + (FrameEndBuilder.MinTableBlocks * 6) + 1 + Crc32C.Length;

    /// <summary>Reads the table of a frame that ends at <paramref name="end"/>, if it has one that is consistent in itself.</summary>
    /// <param name="source">A stream that can seek. Its position changes.</param>
    /// <param name="start">Where data starts: the table's frame must not start before.</param>
    /// <param name="end">Where the frame ends.</param>
    /// <param name="mayBeShort">Whether data may be missing before the table: then the frame and some of its blocks are not where it puts them.</param>
    public static SeekTable? TryReadBefore(Stream source, long start, long end, bool mayBeShort = false)
    {
        Span<byte> trailer = stackalloc byte[TrailerLength];
        if (end - start < MinLength + TrailerLength)
            return null;
        source.Position = end - TrailerLength;
        source.ReadExactly(trailer);
        long length = BinaryPrimitives.ReadUInt32LittleEndian(trailer);
        var max = 1L + (2 * Varint.MaxLength) + ((long)FrameEndBuilder.MaxTableBlocks * 12) + Varint.MaxLength + Crc32C.Length;
        if (trailer[^1] != FrameEndBuilder.TableEnd || length < MinLength || length > Math.Min(max, end - start - TrailerLength))
            return null;

        var endOffset = end - TrailerLength - length;
        source.Position = endOffset;
        var bytes = new byte[length + TrailerLength];
        source.ReadExactly(bytes);
        return Parse(bytes, mayBeShort ? long.MinValue / 2 : start, endOffset); // null if it only looked like one
    }

    /// <summary>Whether a frame with that header has this table: its check is over both.</summary>
    public bool Fits(FrameHeader header)
    {
        if (header.ToBytes().Length != HeaderLength)
            return false;
        var endBuilder = new FrameEndBuilder(header);
        foreach (var entry in Entries)
            endBuilder.Add(entry.DataLength, entry.ContentLength, entry.Check);
        return endBuilder.ContentLength == (header.ContentLength ?? endBuilder.ContentLength) && EndBytes.Span.SequenceEqual(endBuilder.EndBytes());
    }

    private static SeekTable? Parse(byte[] bytes, long start, long endOffset)
    {
        var reader = new FormatReader(bytes, endOffset);
        if (reader.ReadByte("end") != FrameEndBuilder.TableEnd)
            return null;
        var count = (int)reader.ReadNumber("number of blocks", FrameEndBuilder.MinTableBlocks, FrameEndBuilder.MaxTableBlocks);
        var lengths = new List<SeekEntry>();
        var blocksLength = 0L;
        for (var i = 0; i < count && reader.Error is null; i++)
        {
            // A block is never longer than its content stored.
            var dataLength = (int)reader.ReadNumber("length of a block", 1, BlockHeader.MaxContentLength + FrameEndBuilder.MaxBlockBytes);
            var contentLength = (int)reader.ReadNumber("content of a block", 1, BlockHeader.MaxContentLength);
            lengths.Add(new SeekEntry(blocksLength, dataLength, contentLength, reader.ReadCheck("check of a block")));
            blocksLength += dataLength;
        }

        var headerLength = reader.ReadNumber("length of the blocks", 0, endOffset - start) - blocksLength;
        if (reader.Error is not null || headerLength is < 1 or > FrameHeader.MaxLength)
            return null; // the lengths do not add up
        var firstBlock = endOffset - blocksLength;
        return new SeekTable(
            firstBlock - headerLength,
            (int)headerLength,
            [.. lengths.Select(entry => entry with { Offset = firstBlock + entry.Offset })],
            bytes);
    }
}

using System.Buffers.Binary;

namespace Compressor.Container;

/// <summary>
/// Counts the blocks of a frame and knows the end that it must have. Writer and readers build the same end from the same
/// blocks, so a reader need only compare.
/// </summary>
internal sealed class FrameEndBuilder
{
    /// <summary>The first and the last byte of an end without seek table.</summary>
    public const byte PlainEnd = (byte)LmzBlockType.End;

    /// <summary>The first and the last byte of an end with seek table.</summary>
    public const byte TableEnd = 0xFF;

    /// <summary>The fewest blocks that a seek table is for: a single one is found without.</summary>
    public const int MinTableBlocks = 2;

    /// <summary>The most blocks that a seek table is for, so that it fits in memory.</summary>
    public const int MaxTableBlocks = 1 << 20;

    /// <summary>The most bytes that a frame has beside its blocks and their table entries.</summary>
    public const int MaxFrameBytes = FrameHeader.MaxLength // a length is there or at the end
        + 2 + Crc32C.Length // the end
        + 3 + Varint.MaxLength + sizeof(uint); // the frame of its table

    /// <summary>The most bytes that a stored block has beside its content: header, check and table entry.</summary>
    public const int MaxBlockBytes = 1 + MaxLength + Crc32C.Length + MaxLength + MaxLength + Crc32C.Length;

    private const int MaxLength = 4; // of a number up to that of the longest block

    private readonly FrameHeader _header;
    private readonly List<byte> _entries = [];
    private Crc32C _check;
    private long _blocks;
    private long _length; // from the frame's first byte to the end of its last block

    public FrameEndBuilder(FrameHeader header)
    {
        _header = header;
        var bytes = header.ToBytes();
        _check.Append(bytes);
        _length = bytes.Length;
    }

    /// <summary>The length of the content of the blocks so far, in bytes.</summary>
    public long ContentLength { get; private set; }

    /// <summary>Counts the next block.</summary>
    public void Add(BlockHeader header, uint check) => Add(header.DataLength, header.ContentLength, check);

    /// <summary>Counts the next block: its length as a whole, that of its content, and its check.</summary>
    public void Add(int dataLength, int contentLength, uint check)
    {
        ContentLength += contentLength;
        _length += dataLength;
        _check.Append(check);
        if (++_blocks > MaxTableBlocks)
        {
            _entries.Clear();
            return;
        }

        Varint.Write(_entries, dataLength);
        Varint.Write(_entries, contentLength);
        Span<byte> bytes = stackalloc byte[Crc32C.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, check);
        _entries.AddRange(bytes);
    }

    /// <summary>The end of the frame, whole.</summary>
    public byte[] EndBytes()
    {
        var hasTable = _blocks is >= MinTableBlocks and <= MaxTableBlocks;
        var type = hasTable ? TableEnd : PlainEnd;
        var bytes = new List<byte> { type };
        if (hasTable)
        {
            Varint.Write(bytes, _blocks);
            bytes.AddRange(_entries);
            Varint.Write(bytes, _length);
        }

        if (_header.ContentLength is null)
            Varint.Write(bytes, ContentLength);
        var check = _check;
        check.Append([.. bytes]);
        Span<byte> number = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(number, check.Value);
        bytes.AddRange(number);
        if (hasTable)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(number, (uint)bytes.Count);
            bytes.AddRange(number);
        }

        bytes.Add(type);
        return [.. bytes];
    }
}

namespace Compressor.Container;

/// <summary>Reads one frame: its header, its blocks one after the other, and its end, which it verifies.</summary>
internal sealed class FrameReader
{
    private readonly FormatReader _reader;
    private readonly FrameEndBuilder _endBuilder;

    /// <summary>Reads the frame's header.</summary>
    /// <exception cref="InvalidDataException">No frame starts here, or one that this version cannot read.</exception>
    public FrameReader(FormatReader reader)
    {
        _reader = reader;
        Header = FrameHeader.Read(reader);
        _endBuilder = new FrameEndBuilder(Header);
    }

    public FrameHeader Header { get; }

    /// <summary>The length of the content of the blocks so far, in bytes.</summary>
    public long ContentLength => _endBuilder.ContentLength;

    /// <summary>The next block, or null at the end of the frame.</summary>
    /// <param name="withBody">False to skip the body, which is then empty.</param>
    /// <exception cref="InvalidDataException">The block or the end is malformed; of a block, only its decoder can verify the check.</exception>
    public Block? ReadBlock(bool withBody)
    {
        var start = _reader.Offset;
        var type = _reader.ReadByte("type of a block");
        if (type is FrameEndBuilder.PlainEnd or FrameEndBuilder.TableEnd)
        {
            var expected = EndAfter(_endBuilder, Header, start);
            if (type != expected[0] || !_reader.ReadBytes(expected.Length - 1, "end of the frame").AsSpan().SequenceEqual(expected.AsSpan(1)))
                throw EndMismatch(start);
            return null;
        }

        const string Body = "body of the block";
        var header = BlockHeader.Read((LmzBlockType)type, _reader);
        byte[] body = [];
        if (withBody)
            body = _reader.ReadBytes(header.BodyLength, Body);
        else
            _reader.Skip(header.BodyLength, Body);

        var block = new Block(header, body, _reader.ReadCheck("check of the block"));
        Count(_endBuilder, Header, block, start);
        return block;
    }

    /// <summary>Counts a block of a frame.</summary>
    /// <exception cref="InvalidDataException">It has more content than the frame.</exception>
    public static void Count(FrameEndBuilder endBuilder, FrameHeader frame, Block block, long offset)
    {
        endBuilder.Add(block.Header, block.Check);
        if (endBuilder.ContentLength > frame.ContentLength)
            throw FormatReader.Invalid($"the blocks have more content than the {frame.ContentLength} bytes of the frame", offset);
    }

    /// <summary>The end that a frame of the blocks counted must have.</summary>
    /// <exception cref="InvalidDataException">Content is missing.</exception>
    public static byte[] EndAfter(FrameEndBuilder endBuilder, FrameHeader frame, long offset) =>
        endBuilder.ContentLength == (frame.ContentLength ?? endBuilder.ContentLength)
            ? endBuilder.EndBytes()
            : throw FormatReader.Invalid($"the frame ends after {endBuilder.ContentLength} of {frame.ContentLength} bytes of content", offset);

    /// <summary>The error of an end that is not that of the blocks before it.</summary>
    public static InvalidDataException EndMismatch(long offset) => FormatReader.Invalid("the end of the frame does not match its blocks", offset);
}

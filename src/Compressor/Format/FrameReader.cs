namespace Compressor.Format;

/// <summary>Reads one frame: its header, its blocks one after the other, and its end, which it verifies.</summary>
internal sealed class FrameReader
{
    private readonly FormatReader _reader;
    private readonly FrameTally _tally;

    /// <summary>Reads the frame's header.</summary>
    /// <exception cref="InvalidDataException">No frame starts here, or one that this version cannot read.</exception>
    public FrameReader(FormatReader reader)
    {
        _reader = reader;
        Header = FrameHeader.Read(reader);
        _tally = new FrameTally(Header);
    }

    public FrameHeader Header { get; }

    /// <summary>The length of the content of the blocks so far.</summary>
    public long ContentLength => _tally.ContentLength;

    /// <summary>The next block, or null at the end of the frame.</summary>
    /// <param name="withBody">False to skip the body, which is then empty.</param>
    /// <exception cref="InvalidDataException">The block or the end is malformed; of a block, only its decoder can verify the check.</exception>
    public Block? ReadBlock(bool withBody)
    {
        var start = _reader.Offset;
        var type = (LmzBlockType)_reader.ReadByte("type of a block");
        if (type == LmzBlockType.End)
        {
            ReadEnd(start);
            return null;
        }

        const string Body = "body of the block";
        var header = BlockHeader.Read(type, _reader);
        byte[] body = [];
        if (withBody)
            body = _reader.ReadBytes(header.BodyLength, Body);
        else
            _reader.Skip(header.BodyLength, Body);

        var block = new Block(header, body, _reader.ReadCheck("check of the block"));
        _tally.Add(header, block.Check);
        if (ContentLength > Header.ContentLength)
            throw FormatReader.Invalid($"the blocks have more content than the {Header.ContentLength} bytes of the frame", start);
        return block;
    }

    private void ReadEnd(long start)
    {
        const string What = "content length at the end of the frame";
        var contentLength = _reader.ReadNumber(What, 0, long.MaxValue);
        if (contentLength != ContentLength || contentLength != (Header.ContentLength ?? contentLength))
            throw FormatReader.Invalid($"the {What} is {contentLength}, but the blocks have {ContentLength} and the header says {Header.ContentLength}", start);
        if (_reader.ReadCheck("check of the frame") != _tally.EndCheck())
            throw FormatReader.Invalid("the check of the frame does not match", start);
    }
}

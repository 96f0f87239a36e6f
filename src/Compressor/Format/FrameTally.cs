namespace Compressor.Format;

/// <summary>What the end of a frame states about all its blocks: their content's length and a check over their checks.</summary>
internal sealed class FrameTally
{
    private Crc32C _check;

    public FrameTally(FrameHeader header) => _check.Append(header.ToBytes());

    /// <summary>The length of the content of the blocks so far.</summary>
    public long ContentLength { get; private set; }

    /// <summary>Counts the next block.</summary>
    public void Add(BlockHeader header, uint check)
    {
        ContentLength += header.ContentLength;
        _check.Append(check);
    }

    /// <summary>The end of the frame, up to its check.</summary>
    public byte[] EndBytes()
    {
        var bytes = new List<byte> { (byte)LmzBlockType.End };
        Varint.Write(bytes, ContentLength);
        return [.. bytes];
    }

    /// <summary>The check over the frame header, the checks of all blocks, and <see cref="EndBytes"/>.</summary>
    public uint EndCheck()
    {
        var check = _check;
        check.Append(EndBytes());
        return check.Value;
    }
}

namespace Compressor.Container;

/// <summary>A block that was parsed, and where it came from.</summary>
/// <param name="Frame">The header of its frame.</param>
/// <param name="Block">The block, whose check only its decoder can verify.</param>
/// <param name="Offset">Where it starts in the data.</param>
internal sealed record ParsedBlock(FrameHeader Frame, Block Block, long Offset)
{
    /// <summary>Whether the block was made of some content, by its check: nothing is decoded.</summary>
    public bool IsOf(ReadOnlySpan<byte> content) =>
        Container.Block.CheckOver(Frame, Block.Header, Block.Body, content) == Block.Check
        && (Block.Header.Type != LmzBlockType.Stored || content.SequenceEqual(Block.Body));

    /// <summary>Reads a block from where an index says that it is.</summary>
    /// <param name="source">The data. Its position changes.</param>
    /// <param name="frame">The header of the block's frame.</param>
    /// <param name="offset">Where the block starts in the data.</param>
    /// <param name="dataLength">Its length in bytes: header, body and check.</param>
    /// <param name="contentLength">The length of its content in bytes.</param>
    /// <param name="error">What is wrong if there is no such block.</param>
    public static ParsedBlock? TryReadAt(Stream source, FrameHeader frame, long offset, int dataLength, int contentLength, out FormatError? error)
    {
        var bytes = new byte[Math.Clamp(source.Length - offset, 0, dataLength)];
        source.Position = offset;
        source.ReadExactly(bytes);
        var reader = new FormatReader(bytes, offset);
        var header = BlockHeader.Read(reader);
        if (header is not null && (header.DataLength != dataLength || header.ContentLength != contentLength))
        {
            error = new FormatError(FormatErrorKind.Malformed, "the block that starts here is another than the seek table says", offset);
            return null;
        }

        if (header is not null && bytes.Length < dataLength)
            reader.EndsEarly("the data ends inside the block that starts here");
        error = reader.Error;
        return error is null ? new ParsedBlock(frame, Block.Of(header!, bytes), offset) : null;
    }
}

namespace Compressor.Container;

/// <summary>A block as it stands in a file.</summary>
/// <param name="Header">The header.</param>
/// <param name="Body">Stored content, or filter data and payload: <see cref="BlockHeader.BodyLength"/> bytes.</param>
/// <param name="Check">The check that ends it, see <see cref="CheckOver"/>.</param>
internal sealed record Block(BlockHeader Header, byte[] Body, uint Check)
{
    /// <summary>
    /// One check finds damage to the frame header, the block's header or its body, and a decoder that disagrees with
    /// the encoder about the content.
    /// </summary>
    public static uint CheckOver(FrameHeader frame, BlockHeader header, ReadOnlySpan<byte> body, ReadOnlySpan<byte> content)
    {
        var check = new Crc32C();
        check.Append(frame.ToBytes());
        check.Append(header.ToBytes());
        check.Append(body);
        if (header.Type != LmzBlockType.Stored) // where the body is the content
            check.Append(content);
        return check.Value;
    }
}

using System.Buffers.Binary;

namespace Compressor.Container;

/// <summary>A block as it stands in a file.</summary>
/// <param name="Header">The header.</param>
/// <param name="Body">Stored content, or filter data and payload, after the list of its repeats if it has any: <see cref="BlockHeader.BodyLength"/> bytes.</param>
/// <param name="Check">The check that ends it, see <see cref="CheckOver"/>.</param>
internal sealed record Block(BlockHeader Header, byte[] Body, uint Check)
{
    /// <summary>The block whose body is coded: of a block with repeats, the one within it that holds the rest.</summary>
    public Block Coded => Header.Rest is { } rest ? new Block(rest, Body[Header.ListLength..], Check) : this;

    /// <summary>Takes a block from its bytes: header, body and check.</summary>
    /// <param name="header">The header, as read from them.</param>
    /// <param name="bytes">All of them.</param>
    public static Block Of(BlockHeader header, ReadOnlySpan<byte> bytes) =>
        new(header, bytes[^(Crc32C.Length + header.BodyLength)..^Crc32C.Length].ToArray(), BinaryPrimitives.ReadUInt32LittleEndian(bytes[^Crc32C.Length..]));

    /// <summary>Takes a block whose body was passed over.</summary>
    /// <param name="header">The header.</param>
    /// <param name="check">The bytes of the check.</param>
    public static Block WithoutBody(BlockHeader header, ReadOnlySpan<byte> check) => new(header, [], BinaryPrimitives.ReadUInt32LittleEndian(check));

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

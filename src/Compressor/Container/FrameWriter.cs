using System.Buffers.Binary;

namespace Compressor.Container;

/// <summary>Writes one frame. Nothing is written before its first block or its end is.</summary>
/// <param name="destination">Receives the frame.</param>
/// <param name="header">The frame's header.</param>
internal sealed class FrameWriter(Stream destination, FrameHeader header)
{
    private readonly FrameEndBuilder _endBuilder = new(header);
    private bool _begun;

    public FrameHeader Header { get; } = header;

    /// <summary>The length of the content of the blocks so far, in bytes.</summary>
    public long ContentLength => _endBuilder.ContentLength;

    public void Write(Block block)
    {
        Begin();
        Write(block, destination);
        _endBuilder.Add(block.Header, block.Check);
    }

    /// <summary>Writes a block alone.</summary>
    public static void Write(Block block, Stream destination)
    {
        destination.Write(block.Header.ToBytes());
        destination.Write(block.Body);
        Span<byte> check = stackalloc byte[Crc32C.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(check, block.Check);
        destination.Write(check);
    }

    /// <summary>Writes the end of the frame.</summary>
    public void End()
    {
        Begin();
        destination.Write(_endBuilder.EndBytes());
    }

    private void Begin()
    {
        if (!_begun)
            destination.Write(Header.ToBytes());
        _begun = true;
    }
}

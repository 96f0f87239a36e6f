using System.Buffers.Binary;

namespace Compressor.Format;

/// <summary>Writes one frame.</summary>
internal sealed class FrameWriter
{
    private readonly Stream _destination;
    private readonly FrameTally _tally;

    /// <summary>Writes the frame's header.</summary>
    public FrameWriter(Stream destination, FrameHeader header)
    {
        _destination = destination;
        _tally = new FrameTally(header);
        destination.Write(header.ToBytes());
    }

    /// <summary>The length of the content of the blocks so far.</summary>
    public long ContentLength => _tally.ContentLength;

    public void Write(Block block)
    {
        _destination.Write(block.Header.ToBytes());
        _destination.Write(block.Body);
        WriteCheck(block.Check);
        _tally.Add(block.Header, block.Check);
    }

    /// <summary>Writes the end of the frame.</summary>
    public void End()
    {
        _destination.Write(_tally.EndBytes());
        WriteCheck(_tally.EndCheck());
    }

    private void WriteCheck(uint check)
    {
        Span<byte> bytes = stackalloc byte[Crc32C.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, check);
        _destination.Write(bytes);
    }
}

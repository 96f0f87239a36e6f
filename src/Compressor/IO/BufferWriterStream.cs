using System.Buffers;

namespace Compressor.IO;

/// <summary>Hands what is written to it to a buffer writer.</summary>
internal sealed class BufferWriterStream(IBufferWriter<byte> writer) : WriteOnlyStream
{
    public override void Write(ReadOnlySpan<byte> buffer) => writer.Write(buffer);
}

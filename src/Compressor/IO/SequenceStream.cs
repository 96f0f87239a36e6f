using System.Buffers;

namespace Compressor.IO;

/// <summary>Reads a sequence of buffers from its start.</summary>
internal sealed class SequenceStream : Stream
{
    private readonly ReadOnlySequence<byte> _all;
    private ReadOnlySequence<byte> _rest;

    public SequenceStream(ReadOnlySequence<byte> sequence) => _all = _rest = sequence;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => _all.Length;

    public override long Position
    {
        get => Length - _rest.Length;
        set => _rest = _all.Slice(value);
    }

    public override int Read(Span<byte> buffer)
    {
        var part = _rest.Slice(0, Math.Min(_rest.Length, buffer.Length));
        part.CopyTo(buffer);
        _rest = _rest.Slice(part.End);
        return (int)part.Length;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}

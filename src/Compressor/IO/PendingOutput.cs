using System.Buffers;

namespace Compressor.IO;

/// <summary>Bytes that were written to it and are not yet handed out.</summary>
internal sealed class PendingOutput : WriteOnlyStream
{
    private readonly ArrayBufferWriter<byte> _bytes = new();
    private int _taken;

    public bool IsEmpty => _taken == _bytes.WrittenCount;

    public override void Write(ReadOnlySpan<byte> buffer) => _bytes.Write(buffer);

    /// <summary>Hands out as many bytes as fit.</summary>
    public int Take(Span<byte> destination)
    {
        var rest = _bytes.WrittenSpan[_taken..];
        var count = Math.Min(rest.Length, destination.Length);
        rest[..count].CopyTo(destination);
        _taken += count;
        if (IsEmpty)
            Clear();
        return count;
    }

    public void Clear()
    {
        _bytes.ResetWrittenCount();
        _taken = 0;
    }
}

namespace Compressor.IO;

/// <summary>Writes to a fixed piece of memory, which the caller keeps pinned, and fails when it is full.</summary>
/// <param name="memory">The room.</param>
/// <param name="length">Its length in bytes.</param>
internal sealed unsafe class BoundedStream(byte* memory, int length) : WriteOnlyStream
{
    /// <summary>How many bytes were written.</summary>
    public int Count { get; private set; }

    /// <summary>Whether more was to be written than there is room for.</summary>
    public bool HasOverflown { get; private set; }

    /// <exception cref="IOException">There is no room.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        HasOverflown |= buffer.Length > length - Count;
        if (HasOverflown)
            throw new IOException("There is no room for the data.");
        buffer.CopyTo(new Span<byte>(memory + Count, length - Count));
        Count += buffer.Length;
    }
}

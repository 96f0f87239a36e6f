namespace Compressor.Cli.Files;

/// <summary>Takes bytes that should be those of another stream.</summary>
internal sealed class ComparisonStream(Stream expected) : CountingStream(Null)
{
    private byte[] _buffer = [];

    /// <exception cref="InvalidDataException">The bytes are others.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        base.Write(buffer);
        if (_buffer.Length < buffer.Length)
            _buffer = new byte[buffer.Length];
        var read = _buffer.AsSpan(0, buffer.Length);
        if (expected.ReadAtLeast(read, read.Length, throwOnEndOfStream: false) < read.Length || !read.SequenceEqual(buffer))
            throw new InvalidDataException($"The bytes before byte {Count} are others.");
    }

    /// <exception cref="InvalidDataException">There are more bytes in the other stream.</exception>
    public void RequireEnd()
    {
        if (expected.ReadByte() >= 0)
            throw new InvalidDataException($"There are more than {Count} bytes.");
    }
}

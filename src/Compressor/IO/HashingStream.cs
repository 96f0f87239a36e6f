using System.Security.Cryptography;

namespace Compressor.IO;

/// <summary>Writes to another stream, and keeps the SHA-256 of what was written.</summary>
internal sealed class HashingStream(Stream inner) : WriteOnlyStream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>How many bytes were written.</summary>
    public long Count { get; private set; }

    /// <summary>The hash in hexadecimal digits; what is written from here on has one of its own.</summary>
    public string Hash() => Convert.ToHexStringLower(_hash.GetHashAndReset());

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        _hash.AppendData(buffer);
        inner.Write(buffer);
        Count += buffer.Length;
    }

    public override void Flush() => inner.Flush();

    /// <summary>Leaves the other stream open.</summary>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _hash.Dispose();
        base.Dispose(disposing);
    }
}

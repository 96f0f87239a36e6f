using System.Security.Cryptography;

namespace Compressor.Cli.Parts;

/// <summary>The content of parts.</summary>
internal static class PartContent
{
    /// <summary>The SHA-256 of a range of a file, in hexadecimal digits.</summary>
    public static string HashOf(FileStream source, (long Offset, long Length) range, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        source.Position = range.Offset;
        var buffer = new byte[1 << 17];
        for (var left = range.Length; left > 0;)
        {
            cancellation.ThrowIfCancellationRequested();
            var count = source.Read(buffer, 0, (int)Math.Min(buffer.Length, left));
            if (count == 0)
                break;
            hash.AppendData(buffer, 0, count);
            left -= count;
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}

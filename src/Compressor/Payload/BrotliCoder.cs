using System.Buffers;
using System.IO.Compression;

namespace Compressor.Payload;

/// <summary>Content ↔ Brotli (RFC 7932), for blocks that are not language.</summary>
internal static class BrotliCoder
{
    private const int BestQuality = 11;
    private const int FastQuality = 5;
    private const int MaxWindow = 24;

    /// <summary>As small as Brotli makes it.</summary>
    public static ReadOnlySpan<byte> Encode(ReadOnlySpan<byte> content) => Encode(content, BestQuality);

    /// <summary>How long it would be about, found quickly: seldom less than <see cref="Encode(ReadOnlySpan{byte})"/> makes it, by up to a fifth more.</summary>
    public static int Estimate(ReadOnlySpan<byte> content) => Encode(content, FastQuality).Length;

    private static ReadOnlySpan<byte> Encode(ReadOnlySpan<byte> content, int quality)
    {
        var payload = new byte[BrotliEncoder.GetMaxCompressedLength(content.Length)];
        return BrotliEncoder.TryCompress(content, payload, out var length, quality, MaxWindow)
            ? payload.AsSpan(0, length)
            : throw new InvalidOperationException("Brotli exceeded its own bound.");
    }

    /// <summary>The content. Memory grows with what is there, not with what is announced.</summary>
    /// <exception cref="InvalidDataException">Not Brotli, or of another length.</exception>
    public static byte[] Decode(ReadOnlySpan<byte> payload, int contentLength)
    {
        using var decoder = new BrotliDecoder();
        var content = new byte[Math.Min(contentLength, 1 << 16)];
        var length = 0;
        while (true)
        {
            var status = decoder.Decompress(payload, content.AsSpan(length), out var consumed, out var written);
            payload = payload[consumed..];
            length += written;
            if (status == OperationStatus.Done && payload.IsEmpty && length == contentLength)
                return content[..length];
            if (status != OperationStatus.DestinationTooSmall || length == contentLength)
                throw new InvalidDataException("the payload is not Brotli data of this content");
            Array.Resize(ref content, (int)Math.Min(contentLength, 2L * content.Length));
        }
    }
}

using System.Buffers;
using System.IO.Compression;
using Compressor.RangeCoding;

namespace Compressor.Payload;

/// <summary>Content ↔ Brotli (RFC 7932), for blocks that are not language.</summary>
internal static class BrotliCoder
{
    private const int BestQuality = 11;
    private const int FastQuality = 5;
    private const int MaxWindow = 24;

    /// <summary>Bits a byte by their counts below which the fast form says little of the best one.</summary>
    private const int FewLetters = 3;

    /// <summary>As small as Brotli makes it, but for a few bytes.</summary>
    public static ReadOnlySpan<byte> EncodeBest(ReadOnlySpan<byte> content) => Encode(content, BestQuality);

    /// <summary>Quickly: of sparse content even smaller than <see cref="EncodeBest"/> makes it.</summary>
    public static ReadOnlySpan<byte> EncodeFast(ReadOnlySpan<byte> content) => Encode(content, FastQuality);

    /// <summary>
    /// Whether the best form may be smaller than a length, judged by the fast form. It is seldom a fifth smaller than that, but of bases and others that have few letters by up to a
    /// half: every short piece occurs everywhere, and the fast form does not find the long ones.
    /// </summary>
    /// <param name="content">The content, at least 1 byte.</param>
    /// <param name="fastLength">What <see cref="EncodeFast"/> makes of it, in bytes.</param>
    /// <param name="length">The length to be less than, in bytes.</param>
    public static bool BestMayBeBelow(ReadOnlySpan<byte> content, int fastLength, int length) =>
        length > (HasFewLetters(content) ? fastLength / 2 : fastLength * 4L / 5);

    private static ReadOnlySpan<byte> Encode(ReadOnlySpan<byte> content, int quality)
    {
        var payload = new byte[BrotliEncoder.GetMaxCompressedLength(content.Length)];
        return BrotliEncoder.TryCompress(content, payload, out var length, quality, MaxWindow)
            ? payload.AsSpan(0, length)
            : throw new InvalidOperationException("Brotli exceeded its own bound.");
    }

    private static bool HasFewLetters(ReadOnlySpan<byte> content)
    {
        Span<int> counts = stackalloc int[256];
        counts.Clear();
        foreach (var value in content)
            counts[value]++;
        return InformationContent.CostOf(counts, content.Length) < (long)FewLetters * content.Length << InformationContent.FractionBits;
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

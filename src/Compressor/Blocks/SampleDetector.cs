using System.Buffers.Binary;
using Compressor.Prediction.Samples;

namespace Compressor.Blocks;

/// <summary>
/// Reads where samples lie from the header of a file: WAV (PCM of 8 or 16 bits, one or two channels), binary PGM and PPM of bytes, and uncompressed BMP of 24 bits. It is a hint:
/// whatever follows the header, the block comes back, and is kept as samples only where that is smallest. Only content that starts with such a header is recognised, so a
/// block's form depends on nothing but its own content.
/// </summary>
internal static class SampleDetector
{
    /// <summary>How samples lie in the content; null where it does not start as a file of samples does.</summary>
    public static SampleLayout? Find(ReadOnlySpan<byte> content)
    {
        var layout = OfSound(content) ?? OfBitmap(content) ?? OfPixmap(content);
        return layout is { } found && found.IsValid && found.Stride <= content.Length ? layout : null;
    }

    private static SampleLayout? OfSound(ReadOnlySpan<byte> content)
    {
        if (content.Length < 12 || !content.StartsWith("RIFF"u8) || !content[8..].StartsWith("WAVE"u8))
            return null;
        SampleLayout? layout = null;
        for (long at = 12; at + 8 <= content.Length;)
        {
            var chunk = content[(int)at..];
            var length = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
            if (chunk.StartsWith("data"u8))
                return layout is { } found ? found with { Origin = (int)((at + 8) % found.Stride) } : null;
            if (chunk.StartsWith("fmt "u8) && chunk.Length >= 24)
                layout = OfFormat(chunk[8..]);
            at += 8 + length + (length & 1);
        }

        return null;
    }

    private static SampleLayout? OfFormat(ReadOnlySpan<byte> format)
    {
        int kind = format[0] | (format[1] << 8), channels = format[2] | (format[3] << 8), bits = format[14] | (format[15] << 8);
        return kind == 1 && channels is 1 or 2 && bits is 8 or 16
            ? new SampleLayout(SampleKind.Sound, bits / 8, BigEndian: false, Signed: bits == 16, channels, channels * bits / 8, 0)
            : null;
    }

    private static SampleLayout? OfBitmap(ReadOnlySpan<byte> content)
    {
        const int HeaderLength = 34; // to the end of the field that names the compression
        if (content.Length < HeaderLength || !content.StartsWith("BM"u8))
            return null;
        var start = BinaryPrimitives.ReadUInt32LittleEndian(content[10..]);
        var width = BinaryPrimitives.ReadInt32LittleEndian(content[18..]);
        var bits = BinaryPrimitives.ReadUInt16LittleEndian(content[28..]);
        var compression = BinaryPrimitives.ReadUInt32LittleEndian(content[30..]);
        return bits == 24 && compression == 0 && start <= content.Length ? OfRows(3, ((width * 3L) + 3) & ~3L, start) : null;
    }

    private static SampleLayout? OfPixmap(ReadOnlySpan<byte> content)
    {
        var channels = content.StartsWith("P6"u8) ? 3 : content.StartsWith("P5"u8) ? 1 : 0;
        var at = 2;
        if (channels == 0 || ReadNumber(content, ref at) is not { } width || ReadNumber(content, ref at) is null || ReadNumber(content, ref at) != 255)
            return null;
        return OfRows(channels, width * channels, at + 1); // one white space ends the header
    }

    private static SampleLayout? OfRows(int channels, long stride, long start) => stride is > 0 and <= SampleLayout.MaxStride
        ? new SampleLayout(SampleKind.Picture, 1, BigEndian: false, Signed: false, channels, (int)stride, (int)(start % stride))
        : null;

    /// <summary>A decimal number of up to nine digits after white space and comments; null for anything else.</summary>
    private static long? ReadNumber(ReadOnlySpan<byte> content, ref int at)
    {
        for (; at < content.Length && (IsSpace(content[at]) || content[at] == '#'); at++)
        {
            while (at < content.Length && content[at] == '#')
            {
                var end = content[at..].IndexOf((byte)'\n');
                at = end < 0 ? content.Length : at + end;
            }
        }

        long value = 0;
        var first = at;
        for (; at < content.Length && at - first < 9 && char.IsAsciiDigit((char)content[at]); at++)
            value = (value * 10) + content[at] - '0';
        return at > first && at < content.Length && IsSpace(content[at]) ? value : null;
    }

    private static bool IsSpace(byte value) => value is (byte)' ' or >= 9 and <= 13;
}

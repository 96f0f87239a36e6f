using System.Buffers.Binary;
using System.Globalization;

namespace Compressor.Container;

/// <summary>The start of a frame: what it needs to be read, and how long its content is when that is known.</summary>
/// <param name="ContentLength">The length of the whole content in bytes.</param>
/// <param name="DictionaryHash">The start of the SHA-256 of the dictionary that its blocks are predicted after; null for none.</param>
internal sealed record FrameHeader(long? ContentLength, ulong? DictionaryHash = null)
{
    /// <summary>The version of the format that this library writes and reads.</summary>
    public const byte Version = 4;

    /// <summary>What is said of data that does not start as a frame does.</summary>
    public const string NoFrame = "no .lmz frame starts here";

    /// <summary>The length of the longest header in bytes.</summary>
    public const int MaxLength = FixedLength + Varint.MaxLength + sizeof(ulong);

    /// <summary>The length of the fields that every header has: magic, version and flags.</summary>
    private const int FixedLength = 6;

    private const byte ContentLengthFlag = 1;
    private const byte DictionaryFlag = 2;

    /// <summary>The first byte is in no text of ASCII or UTF-8.</summary>
    public static ReadOnlySpan<byte> Magic => [0xFE, (byte)'L', (byte)'M', (byte)'Z'];

    /// <summary>The header as the format has it. Every header has one form, so this is also what was read.</summary>
    public byte[] ToBytes()
    {
        var flags = (ContentLength is null ? 0 : ContentLengthFlag) | (DictionaryHash is null ? 0 : DictionaryFlag);
        var bytes = new List<byte>([.. Magic, Version, (byte)flags]);
        if (ContentLength is { } length)
            Varint.Write(bytes, length);
        if (DictionaryHash is { } hash)
        {
            Span<byte> field = stackalloc byte[sizeof(ulong)];
            BinaryPrimitives.WriteUInt64BigEndian(field, hash);
            bytes.AddRange(field);
        }

        return [.. bytes];
    }

    /// <summary>How people see the hash of a dictionary.</summary>
    public static string DictionaryIdOf(ulong hash) => hash.ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>The hash of a dictionary from what people see of it.</summary>
    public static bool TryParseDictionaryId(string id, out ulong hash) => ulong.TryParse(id, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out hash);

    /// <summary>Reads the header of a frame.</summary>
    /// <returns>The header; null if it is cut short, or of no frame that this version reads, as the reader says.</returns>
    public static FrameHeader? Read(FormatReader reader)
    {
        const string What = "frame header";
        var start = reader.Offset;
        foreach (var expected in Magic)
        {
            if (reader.ReadByte(What) == expected)
                continue;
            if (reader.Error is null)
                reader.Fail(NoFrame, start);
            return null;
        }

        var version = reader.ReadByte(What);
        if (version != Version)
            reader.Fail($"the data is of format version {version}, which {ReleaseOf(version)} reads; this release reads version {Version}");
        var flags = reader.ReadByte(What);
        if ((flags & ~(ContentLengthFlag | DictionaryFlag)) != 0)
            reader.Fail($"the frame has unknown flags, 0x{flags:x2}");

        long? contentLength = (flags & ContentLengthFlag) != 0 ? reader.ReadNumber("content length of the frame", 0, long.MaxValue) : null;
        ulong? dictionary = (flags & DictionaryFlag) != 0 ? reader.ReadHash(What) : null;
        return reader.Error is null ? new FrameHeader(contentLength, dictionary) : null;
    }

    /// <summary>Which release of Compressor reads a version of the format that this one does not.</summary>
    private static string ReleaseOf(byte version) => version switch
    {
        0 => "no release",
        < 3 => "no release since 0.1",
        3 => "release 0.1",
        _ => "a later release",
    };
}

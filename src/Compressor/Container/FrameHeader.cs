using System.Buffers.Binary;
using System.Globalization;

namespace Compressor.Container;

/// <summary>The start of a frame: what it needs to be read, and how long its content is when that is known.</summary>
/// <param name="ModelId">The model of its blocks of tokens; any when it has none.</param>
/// <param name="ContentLength">The length of the whole content in bytes.</param>
/// <param name="DictionaryHash">The start of the SHA-256 of the dictionary that its blocks are predicted after; null for none.</param>
internal sealed record FrameHeader(ModelId ModelId, long? ContentLength, ulong? DictionaryHash = null)
{
    /// <summary>The version of the format that this library writes and reads.</summary>
    public const byte Version = 3;

    /// <summary>The first byte of every frame.</summary>
    public const byte FirstByte = 0xFE;

    /// <summary>What is said of data that does not start as a frame does.</summary>
    public const string NoFrame = "no .lmz frame starts here";

    /// <summary>The length of the longest header in bytes.</summary>
    public const int MaxLength = 64;

    private const byte ContentLengthFlag = 1;
    private const byte DictionaryFlag = 2;

    /// <summary>The first byte is in no text of ASCII or UTF-8.</summary>
    public static ReadOnlySpan<byte> Magic => [FirstByte, (byte)'L', (byte)'M', (byte)'Z'];

    /// <summary>The header as the format has it. Every header has one form, so this is also what was read.</summary>
    public byte[] ToBytes()
    {
        var bytes = new List<byte>([.. Magic, Version, (byte)((ContentLength is null ? 0 : ContentLengthFlag) | (DictionaryHash is null ? 0 : DictionaryFlag))]);
        if (ContentLength is { } length)
            Varint.Write(bytes, length);
        Span<byte> id = stackalloc byte[ModelId.Length];
        ModelId.CopyTo(id);
        bytes.AddRange(id);
        if (DictionaryHash is { } hash)
        {
            Span<byte> dictionary = stackalloc byte[sizeof(ulong)];
            BinaryPrimitives.WriteUInt64BigEndian(dictionary, hash);
            bytes.AddRange(dictionary);
        }

        return [.. bytes];
    }

    /// <summary>How people see the hash of a dictionary.</summary>
    public static string DictionaryIdOf(ulong hash) => hash.ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>Reads the header of a frame.</summary>
    /// <returns>The header; null if it is cut short, or of no frame that this version reads, as the reader says.</returns>
    public static FrameHeader? Read(FormatReader reader)
    {
        const string What = "frame header";
        foreach (var expected in Magic)
        {
            if (reader.ReadByte(What) == expected)
                continue;
            if (reader.Error is null)
                reader.Fail(NoFrame);
            return null;
        }

        var version = reader.ReadByte(What);
        if (version != Version)
            reader.Fail($"the format version is {version}, and only {Version} is known");
        var flags = reader.ReadByte(What);
        if ((flags & ~(ContentLengthFlag | DictionaryFlag)) != 0)
            reader.Fail($"the frame has unknown flags, 0x{flags:x2}");

        long? contentLength = (flags & ContentLengthFlag) != 0 ? reader.ReadNumber("content length of the frame", 0, long.MaxValue) : null;
        var model = ModelId.Of(reader.ReadHash(What));
        ulong? dictionary = (flags & DictionaryFlag) != 0 ? reader.ReadHash(What) : null;
        return reader.Error is null ? new FrameHeader(model, contentLength, dictionary) : null;
    }
}

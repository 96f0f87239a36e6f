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
    public const byte Version = 4;

    /// <summary>The first byte of every frame.</summary>
    public const byte FirstByte = 0xFE;

    private const byte ContentLengthFlag = 1;
    private const byte DictionaryFlag = 2;

    /// <summary>The first byte is in no text of ASCII or UTF-8.</summary>
    private static ReadOnlySpan<byte> Magic => [FirstByte, (byte)'L', (byte)'M', (byte)'Z'];

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

    /// <exception cref="InvalidDataException">No frame starts here, or one that this version cannot read.</exception>
    public static FrameHeader Read(FormatReader reader)
    {
        const string What = "frame header";
        const string NoFrame = "no .lmz frame starts here";
        foreach (var expected in Magic)
        {
            if (reader.AtEnd)
                throw reader.EndsEarly(NoFrame);
            if (reader.ReadByte(What) != expected)
                throw reader.Invalid(NoFrame);
        }

        var version = reader.ReadByte(What);
        if (version != Version)
            throw reader.Invalid($"the format version is {version}, and only {Version} is known");
        var flags = reader.ReadByte(What);
        if ((flags & ~(ContentLengthFlag | DictionaryFlag)) != 0)
            throw reader.Invalid($"the frame has unknown flags, 0x{flags:x2}");

        long? contentLength = (flags & ContentLengthFlag) != 0 ? reader.ReadNumber("content length of the frame", 0, long.MaxValue) : null;
        var model = new ModelId(reader.ReadBytes(ModelId.Length, What));
        ulong? dictionary = (flags & DictionaryFlag) != 0 ? BinaryPrimitives.ReadUInt64BigEndian(reader.ReadBytes(sizeof(ulong), What)) : null;
        return new FrameHeader(model, contentLength, dictionary);
    }
}

using System.Buffers.Binary;
using Compressor.Container;

namespace Compressor.Records;

/// <summary>The start of a container of records, which holds for all of them.</summary>
/// <param name="Form">How records are predicted.</param>
/// <param name="Together">Whether the records of a group learn from each other.</param>
/// <param name="CheckRecords">Whether each has a check of its own.</param>
/// <param name="Keyed">Whether each has a key.</param>
/// <param name="DictionaryHash">The start of the SHA-256 of the dictionary; null for none.</param>
internal sealed record RecordFileHeader(RecordForm Form, bool Together, bool CheckRecords, bool Keyed, ulong? DictionaryHash)
{
    /// <summary>The version of the format that this library writes and reads.</summary>
    public const byte Version = 1;

    /// <summary>The length of the longest header in bytes.</summary>
    public const int MaxLength = 8 + sizeof(ulong) + Crc32C.Length;

    private const int TogetherFlag = 1, CheckFlag = 2, KeyFlag = 4, DictionaryFlag = 8, KnownFlags = 15;

    /// <summary>The first byte is in no text of ASCII or UTF-8.</summary>
    public static ReadOnlySpan<byte> Magic => [0xFE, (byte)'L', (byte)'M', (byte)'R'];

    public byte[] ToBytes()
    {
        var flags = (Together ? TogetherFlag : 0) | (CheckRecords ? CheckFlag : 0) | (Keyed ? KeyFlag : 0) | (DictionaryHash is null ? 0 : DictionaryFlag);
        var bytes = new List<byte>([.. Magic, Version, (byte)flags, (byte)Form.Code, (byte)Form.TableBits]);
        Span<byte> field = stackalloc byte[sizeof(ulong)];
        if (DictionaryHash is { } hash)
        {
            BinaryPrimitives.WriteUInt64BigEndian(field, hash);
            bytes.AddRange(field);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(field, RecordChunk.CheckOf([.. bytes]));
        bytes.AddRange(field[..Crc32C.Length]);
        return [.. bytes];
    }

    /// <summary>Reads the header at the start of a container.</summary>
    /// <param name="start">The first <see cref="MaxLength"/> bytes of it, or all if there are less.</param>
    /// <param name="length">The length of the header.</param>
    /// <exception cref="InvalidDataException">There is none, it is damaged, or of another version.</exception>
    public static RecordFileHeader Parse(ReadOnlyMemory<byte> start, out int length)
    {
        if (start.Length < Magic.Length || !start.Span.StartsWith(Magic))
            throw new InvalidDataException("No container of records starts here.");
        var reader = new FormatReader(start[Magic.Length..], Magic.Length);
        int version = reader.ReadByte("version");
        if (reader.Error is null && version != Version)
            throw new InvalidDataException($"The container of records has version {version}; this library reads version {Version}.");
        int flags = reader.ReadByte("flags"), code = reader.ReadByte("form"), tableBits = reader.ReadByte("size of the tables");
        ulong? hash = (flags & DictionaryFlag) != 0 ? reader.ReadHash("dictionary's hash") : null;
        var checkedLength = Magic.Length + reader.Position;
        var check = reader.ReadCheck("check of the header");
        length = Magic.Length + reader.Position;
        if (reader.Error is { } error)
            throw RecordChunk.Invalid(error.What, error.Offset);
        if (check != RecordChunk.CheckOf(start.Span[..checkedLength]))
            throw RecordChunk.Invalid("the header is damaged", 0);
        if ((flags & ~KnownFlags) != 0 || code > RecordForm.MaxCode || tableBits is < RecordForm.MinTableBits or > RecordForm.MaxTableBits)
            throw RecordChunk.Invalid("the header asks for what this library does not know", 0);
        return new RecordFileHeader(
            new RecordForm(code, tableBits), (flags & TogetherFlag) != 0, (flags & CheckFlag) != 0, (flags & KeyFlag) != 0, hash);
    }
}

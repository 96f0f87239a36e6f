namespace Compressor.Container;

/// <summary>The start of a block: its type and the lengths that its parts are read by.</summary>
internal sealed record BlockHeader
{
    /// <summary>The longest content of a block, in bytes.</summary>
    public const int MaxContentLength = 1 << 24;

    /// <summary>The most lanes of a block.</summary>
    public const int MaxLanes = 256;

    /// <summary>Content that may be predicted from no payload at all, in bytes.</summary>
    private const int FreeContentLength = 1 << 12;

    /// <summary>The most content that may be predicted for each further byte of payload.</summary>
    private const int MaxContentPerPayloadByte = 1 << 10;

    /// <summary>The least size of a block's memory, as <see cref="MemoryBits"/>.</summary>
    public const int MinMemoryBits = 10;

    /// <summary>The largest size of the memory of a block of tokens.</summary>
    public const int MaxMemoryBits = 20;

    /// <summary>The largest size of the memory of a block of bytes.</summary>
    public const int MaxByteMemoryBits = 24;

    /// <summary>The profiles of a block of bytes are below this.</summary>
    public const int Profiles = 6;

    /// <summary>The profiles that need a stride are this one modulo 3.</summary>
    private const int RowProfile = 2;

    /// <summary>The longest stride of a block of bytes.</summary>
    public const int MaxStride = 1 << 16;

    private BlockHeader(LmzBlockType type, int contentLength)
    {
        Type = type;
        ContentLength = contentLength;
    }

    public LmzBlockType Type { get; }

    /// <summary>The length of the content, 1 to <see cref="MaxContentLength"/> bytes.</summary>
    public int ContentLength { get; }

    /// <summary>Whether the block is coded as tokens, with or without memory.</summary>
    public bool HasTokens => Type is LmzBlockType.Transformer or LmzBlockType.TransformerAndMemory;

    /// <summary>Whether the block is predicted, so that a dictionary changes it.</summary>
    public bool IsPredicted => HasTokens || Type == LmzBlockType.Memory;

    /// <summary>How the content of a predicted block was filtered.</summary>
    public FilterHeader Filter { get; private init; }

    /// <summary>The length of the filtered content of a block of bytes.</summary>
    public int TextLength { get; private init; }

    /// <summary>The number of lanes of a block of tokens.</summary>
    public int Lanes { get; private init; }

    /// <summary>The number of tokens of a block of tokens.</summary>
    public int Tokens { get; private init; }

    /// <summary>Which contexts predict a block of bytes.</summary>
    public int Profile { get; private init; }

    /// <summary>The length of the records or rows of a block of bytes; 0 where there are none.</summary>
    public int Stride { get; private init; }

    /// <summary>log2 of the lines in each of the memory's tables, or the slots of a block of bytes; 0 for a block without memory.</summary>
    public int MemoryBits { get; private init; }

    /// <summary>The length of what the range coder, or Brotli, wrote.</summary>
    public int PayloadLength { get; private init; }

    /// <summary>The length of what follows the header: stored content, or filter data and payload.</summary>
    public int BodyLength => Type == LmzBlockType.Stored ? ContentLength : Filter.DataLength + PayloadLength;

    /// <summary>The length of the whole block in bytes: header, body and check.</summary>
    public int DataLength => ToBytes().Length + BodyLength + Crc32C.Length;

    public static BlockHeader Stored(int contentLength) => new(LmzBlockType.Stored, contentLength);

    public static BlockHeader Brotli(int contentLength, int payloadLength) =>
        new(LmzBlockType.Brotli, contentLength) { PayloadLength = payloadLength };

    /// <summary>A block of tokens; <paramref name="memoryBits"/> is 0 when there is no memory.</summary>
    public static BlockHeader OfTokens(int contentLength, FilterHeader filter, int lanes, int tokens, int memoryBits, int payloadLength) =>
        new(memoryBits == 0 ? LmzBlockType.Transformer : LmzBlockType.TransformerAndMemory, contentLength)
        {
            MemoryBits = memoryBits,
            Filter = filter,
            Lanes = lanes,
            Tokens = tokens,
            PayloadLength = payloadLength,
        };

    /// <summary>A block of bytes that a memory predicts.</summary>
    public static BlockHeader OfBytes(
        int contentLength, FilterHeader filter, int textLength, int profile, int stride, int memoryBits, int payloadLength) =>
        new(LmzBlockType.Memory, contentLength)
        {
            Filter = filter,
            TextLength = textLength,
            Profile = profile,
            Stride = stride,
            MemoryBits = memoryBits,
            PayloadLength = payloadLength,
        };

    /// <summary>
    /// The least payload of a predicted block, in bytes. Prediction is slow, and a few bytes of hostile data must not ask for minutes of it: what is
    /// predicted nearly for certain, such as long runs, is not stored so but as Brotli.
    /// </summary>
    public static int MinPayloadLength(int contentLength) =>
        Math.Max(0, (contentLength - FreeContentLength + MaxContentPerPayloadByte - 1) / MaxContentPerPayloadByte);

    /// <summary>The header as the format has it. Every header has one form, so this is also what was read.</summary>
    public byte[] ToBytes()
    {
        var bytes = new List<byte> { (byte)Type };
        Varint.Write(bytes, ContentLength);
        if (IsPredicted)
            Filter.Write(bytes);
        if (HasTokens)
        {
            Varint.Write(bytes, Lanes);
            Varint.Write(bytes, Tokens);
            if (Type == LmzBlockType.TransformerAndMemory)
                Varint.Write(bytes, MemoryBits);
        }

        if (Type == LmzBlockType.Memory)
        {
            if (Filter.Applied != LmzFilter.None)
                Varint.Write(bytes, TextLength);
            bytes.Add((byte)Profile);
            Varint.Write(bytes, Stride);
            Varint.Write(bytes, MemoryBits);
        }

        if (Type != LmzBlockType.Stored)
            Varint.Write(bytes, PayloadLength);

        return [.. bytes];
    }

    /// <summary>Reads what follows the type of a block.</summary>
    /// <exception cref="InvalidDataException">A field is out of range.</exception>
    public static BlockHeader Read(LmzBlockType type, FormatReader reader)
    {
        var contentLength = (int)reader.ReadNumber("content length of the block", 1, MaxContentLength);
        switch (type)
        {
            case LmzBlockType.Stored:
                return Stored(contentLength);
            case LmzBlockType.Brotli:
                return Brotli(contentLength, (int)reader.ReadNumber("length of the payload", 0, contentLength));
            case LmzBlockType.Transformer:
            case LmzBlockType.TransformerAndMemory:
                return ReadTokens(type, contentLength, reader);
            case LmzBlockType.Memory:
                return ReadBytes(contentLength, reader);
            default:
                throw reader.Invalid($"unknown block type {(int)type}");
        }
    }

    private static BlockHeader ReadTokens(LmzBlockType type, int contentLength, FormatReader reader)
    {
        var filter = FilterHeader.Read(reader, contentLength);

        // No token is empty.
        var lanes = (int)reader.ReadNumber("number of lanes", 1, Math.Min(MaxLanes, contentLength));
        var tokens = (int)reader.ReadNumber("number of tokens", lanes, contentLength);
        var memoryBits = type == LmzBlockType.TransformerAndMemory
            ? (int)reader.ReadNumber("size of the memory", MinMemoryBits, MaxMemoryBits) : 0;
        return OfTokens(contentLength, filter, lanes, tokens, memoryBits, ReadPayloadLength(contentLength, filter, reader));
    }

    private static BlockHeader ReadBytes(int contentLength, FormatReader reader)
    {
        var filter = FilterHeader.Read(reader, contentLength);
        var textLength = filter.Applied == LmzFilter.None
            ? contentLength : (int)reader.ReadNumber("length of the filtered content", 1, contentLength);
        var profile = reader.ReadByte("block header");
        if (profile >= Profiles)
            throw reader.Invalid($"unknown profile {profile}");
        var stride = (int)reader.ReadNumber("stride", profile % 3 == RowProfile ? 1 : 0, MaxStride);
        var memoryBits = (int)reader.ReadNumber("size of the memory", MinMemoryBits, MaxByteMemoryBits);
        return OfBytes(contentLength, filter, textLength, profile, stride, memoryBits, ReadPayloadLength(contentLength, filter, reader));
    }

    private static int ReadPayloadLength(int contentLength, FilterHeader filter, FormatReader reader) =>
        (int)reader.ReadNumber("length of the payload", MinPayloadLength(contentLength), contentLength - filter.DataLength);
}

namespace Compressor.Container;

/// <summary>The start of a block: its type and the lengths that its parts are read by.</summary>
internal sealed record BlockHeader
{
    /// <summary>The length of the longest header in bytes, of any kind.</summary>
    public const int MaxLength = 64;

    /// <summary>The longest content of a block, in bytes.</summary>
    public const int MaxContentLength = 1 << 24;

    /// <summary>The most lanes of a block.</summary>
    public const int MaxLanes = 64;

    /// <summary>With more than one lane, there are at least so many tokens for each.</summary>
    public const int MinTokensPerLane = 1 << 12;

    /// <summary>Content that may be predicted from no payload at all, in bytes.</summary>
    private const int FreeContentLength = 1 << 12;

    /// <summary>The most content that may be predicted for each further byte of payload.</summary>
    private const int MaxContentPerPayloadByte = 1 << 10;

    /// <summary>The least size of tables, as <see cref="TableBits"/>.</summary>
    public const int MinTableBits = 10;

    /// <summary>The largest size of tables.</summary>
    public const int MaxTableBits = 24;

    /// <summary>The profiles of a mixed block are below this.</summary>
    public const int Profiles = 8;

    /// <summary>The profiles that need a stride.</summary>
    private const int RowProfile = 2, FastRowProfile = 5;

    /// <summary>The longest stride of a mixed block.</summary>
    public const int MaxStride = 1 << 16;

    /// <summary>The first byte has the type in the bits below this one, and the index of the model in the others.</summary>
    private const int ModelIndexShift = 3;

    private BlockHeader(LmzBlockType type, int contentLength)
    {
        Type = type;
        ContentLength = contentLength;
    }

    public LmzBlockType Type { get; }

    /// <summary>The place of a block's model among those of its frame; 0 for a block without tokens.</summary>
    public int ModelIndex { get; private init; }

    /// <summary>The length of the content, 1 to <see cref="MaxContentLength"/> bytes.</summary>
    public int ContentLength { get; }

    /// <summary>Whether the block is coded as tokens, with or without mixing.</summary>
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

    /// <summary>Whether context mixing predicts the block, alone or with a network.</summary>
    public bool IsMixed => Type is LmzBlockType.TransformerAndMemory or LmzBlockType.Memory;

    /// <summary>Which contexts predict a mixed block.</summary>
    public int Profile { get; private init; }

    /// <summary>The length of the records or rows of a mixed block; 0 where there are none.</summary>
    public int Stride { get; private init; }

    /// <summary>log2 of the slots of the tables of a mixed block; else 0.</summary>
    public int TableBits { get; private init; }

    /// <summary>The length of what the range coder, or Brotli, wrote.</summary>
    public int PayloadLength { get; private init; }

    /// <summary>The length of what follows the header: stored content, or filter data and payload.</summary>
    public int BodyLength => Type == LmzBlockType.Stored ? ContentLength : Filter.DataLength + PayloadLength;

    /// <summary>The length of the whole block in bytes: header, body and check.</summary>
    public int DataLength => ToBytes().Length + BodyLength + Crc32C.Length;

    public static BlockHeader Stored(int contentLength) => new(LmzBlockType.Stored, contentLength);

    public static BlockHeader Brotli(int contentLength, int payloadLength) =>
        new(LmzBlockType.Brotli, contentLength) { PayloadLength = payloadLength };

    /// <summary>A block of tokens; one without mixing has <paramref name="tableBits"/> 0.</summary>
    public static BlockHeader OfTokens(
        int contentLength, FilterHeader filter, int lanes, int tokens, int profile, int stride, int tableBits, int payloadLength, int modelIndex = 0) =>
        new(tableBits == 0 ? LmzBlockType.Transformer : LmzBlockType.TransformerAndMemory, contentLength)
        {
            ModelIndex = modelIndex,
            Filter = filter,
            Lanes = lanes,
            Tokens = tokens,
            Profile = profile,
            Stride = stride,
            TableBits = tableBits,
            PayloadLength = payloadLength,
        };

    /// <summary>A block of bytes that mixing predicts.</summary>
    public static BlockHeader OfBytes(
        int contentLength, FilterHeader filter, int textLength, int profile, int stride, int tableBits, int payloadLength) =>
        new(LmzBlockType.Memory, contentLength)
        {
            Filter = filter,
            TextLength = textLength,
            Profile = profile,
            Stride = stride,
            TableBits = tableBits,
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
        var bytes = new List<byte> { (byte)((int)Type | (ModelIndex << ModelIndexShift)) };
        Varint.Write(bytes, ContentLength);
        if (IsPredicted)
            Filter.Write(bytes);
        if (HasTokens)
        {
            Varint.Write(bytes, Lanes);
            Varint.Write(bytes, Tokens);
        }
        else if (IsMixed && Filter.Applied != LmzFilter.None)
        {
            Varint.Write(bytes, TextLength);
        }

        if (IsMixed)
        {
            bytes.Add((byte)Profile);
            Varint.Write(bytes, Stride);
            Varint.Write(bytes, TableBits);
        }

        if (Type != LmzBlockType.Stored)
            Varint.Write(bytes, PayloadLength);

        return [.. bytes];
    }

    /// <summary>Reads the header of a block.</summary>
    /// <param name="frame">The header of its frame.</param>
    /// <param name="reader">Has the bytes.</param>
    /// <returns>The header; null if it is cut short or wrong, as the reader says.</returns>
    public static BlockHeader? Read(FrameHeader frame, FormatReader reader)
    {
        var start = reader.Offset;
        var code = reader.ReadByte("type of a block");
        var (type, modelIndex) = ((LmzBlockType)(code & ((1 << ModelIndexShift) - 1)), code >> ModelIndexShift);
        var contentLength = (int)reader.ReadNumber("content length of the block", 1, MaxContentLength);
        var header = type switch
        {
            LmzBlockType.Stored => Stored(contentLength),
            LmzBlockType.Brotli => Brotli(contentLength, (int)reader.ReadNumber("length of the payload", 0, contentLength)),
            LmzBlockType.Transformer or LmzBlockType.TransformerAndMemory => ReadTokens(type, modelIndex, contentLength, reader),
            LmzBlockType.Memory => ReadBytes(contentLength, reader),
            _ => null,
        };
        if (header is null || header.ModelIndex != modelIndex)
            reader.Fail($"unknown block type {code}", start);
        else if (header.HasTokens && modelIndex >= frame.Models.Count)
            reader.Fail($"the block has model {modelIndex + 1} of the {frame.Models.Count} of its frame", start);
        return reader.Error is null ? header : null;
    }

    private static BlockHeader ReadTokens(LmzBlockType type, int modelIndex, int contentLength, FormatReader reader)
    {
        var filter = FilterHeader.Read(reader, contentLength);

        // No token is empty.
        var lanes = (int)reader.ReadNumber("number of lanes", 1, Math.Clamp(contentLength / MinTokensPerLane, 1, MaxLanes));
        var tokens = (int)reader.ReadNumber("number of tokens", lanes == 1 ? 1 : lanes * MinTokensPerLane, contentLength);
        var (profile, stride, tableBits) = type == LmzBlockType.TransformerAndMemory ? ReadMixing(reader) : default;
        return OfTokens(contentLength, filter, lanes, tokens, profile, stride, tableBits, ReadPayloadLength(contentLength, filter, reader), modelIndex);
    }

    private static BlockHeader ReadBytes(int contentLength, FormatReader reader)
    {
        var filter = FilterHeader.Read(reader, contentLength);
        var textLength = filter.Applied == LmzFilter.None
            ? contentLength : (int)reader.ReadNumber("length of the filtered content", 1, contentLength);
        var (profile, stride, tableBits) = ReadMixing(reader);
        return OfBytes(contentLength, filter, textLength, profile, stride, tableBits, ReadPayloadLength(contentLength, filter, reader));
    }

    private static (int Profile, int Stride, int TableBits) ReadMixing(FormatReader reader)
    {
        var profile = reader.ReadByte("block header");
        if (profile >= Profiles)
            reader.Fail($"unknown profile {profile}");
        var stride = (int)reader.ReadNumber("stride", profile is RowProfile or FastRowProfile ? 1 : 0, MaxStride);
        return (profile, stride, (int)reader.ReadNumber("size of the tables", MinTableBits, MaxTableBits));
    }

    private static int ReadPayloadLength(int contentLength, FilterHeader filter, FormatReader reader) =>
        (int)reader.ReadNumber("length of the payload", MinPayloadLength(contentLength), contentLength - filter.DataLength);
}

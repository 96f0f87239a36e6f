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

    /// <summary>The shortest list of repeats in bytes: their number, and three numbers for one.</summary>
    private const int MinListLength = 4;

    /// <summary>Content that may be predicted from no payload at all, in bytes.</summary>
    private const int FreeContentLength = 1 << 12;

    /// <summary>The most content that may be predicted for each further byte of payload.</summary>
    private const int MaxContentPerPayloadByte = 1 << 10;

    private BlockHeader(LmzBlockType type, int contentLength)
    {
        Type = type;
        ContentLength = contentLength;
    }

    public LmzBlockType Type { get; }

    /// <summary>The model of a block of tokens; null for a block without.</summary>
    public ModelId? Model { get; private init; }

    /// <summary>The length of the content, 1 to <see cref="MaxContentLength"/> bytes.</summary>
    public int ContentLength { get; }

    /// <summary>Whether the block is coded as tokens, with or without mixing.</summary>
    public bool HasTokens => Type is LmzBlockType.Transformer or LmzBlockType.TransformerAndMixing or LmzBlockType.Learning;

    /// <summary>Whether the block is predicted, so that a dictionary changes it.</summary>
    public bool IsPredicted => HasTokens || Type == LmzBlockType.ContextMixing;

    /// <summary>How the content of a predicted block was filtered.</summary>
    public FilterHeader Filter { get; private init; }

    /// <summary>The length of the filtered content of a block of bytes.</summary>
    public int TextLength { get; private init; }

    /// <summary>The number of lanes of a block of tokens.</summary>
    public int Lanes { get; private init; }

    /// <summary>The number of tokens of a block of tokens.</summary>
    public int Tokens { get; private init; }

    /// <summary>How context mixing of tokens or bytes is set up; null for a block without.</summary>
    public MixingHeader? Mixing { get; private init; }

    /// <summary>How samples lie in the content of a block of them; null for any other.</summary>
    public SampleHeader? Samples { get; private init; }

    /// <summary>How the model learns; null for a block without learning.</summary>
    public LearningHeader? Learning { get; private init; }

    /// <summary>The length of what the range coder, or Brotli, wrote.</summary>
    public int PayloadLength { get; private init; }

    /// <summary>The length of the list of a block with repeats; else 0.</summary>
    public int ListLength { get; private init; }

    /// <summary>Of a block with repeats, the header of the block within that holds the rest of the content; else null.</summary>
    public BlockHeader? Rest { get; private init; }

    /// <summary>The header that says how bytes are coded: of a block with repeats, that of the block within.</summary>
    public BlockHeader Coded => Rest ?? this;

    /// <summary>The length of what follows the header: stored content, or filter data and payload; with repeats their list and the body of the block within.</summary>
    public int BodyLength => Type switch
    {
        LmzBlockType.Stored => ContentLength,
        LmzBlockType.Repeats => ListLength + Rest!.BodyLength,
        _ => Filter.DataLength + PayloadLength,
    };

    /// <summary>The length of the whole block in bytes: header, body and check.</summary>
    public int DataLength => ToBytes().Length + BodyLength + Crc32C.Length;

    public static BlockHeader Stored(int contentLength) => new(LmzBlockType.Stored, contentLength);

    public static BlockHeader Brotli(int contentLength, int payloadLength) =>
        new(LmzBlockType.Brotli, contentLength) { PayloadLength = payloadLength };

    /// <summary>A block with long repeats.</summary>
    /// <param name="contentLength">The length of its content.</param>
    /// <param name="listLength">The length of the list of its repeats.</param>
    /// <param name="rest">The header of a block of the rest of the content.</param>
    public static BlockHeader Repeats(int contentLength, int listLength, BlockHeader rest) =>
        new(LmzBlockType.Repeats, contentLength) { ListLength = listLength, Rest = rest };

    /// <summary>A block of tokens that a model predicts, with mixing or, if that is null, without.</summary>
    public static BlockHeader OfTokens(
        int contentLength, ModelId model, FilterHeader filter, int lanes, int tokens, MixingHeader? mixing, int payloadLength) =>
        new(mixing is null ? LmzBlockType.Transformer : LmzBlockType.TransformerAndMixing, contentLength)
        {
            Model = model,
            Filter = filter,
            Lanes = lanes,
            Tokens = tokens,
            Mixing = mixing,
            PayloadLength = payloadLength,
        };

    /// <summary>A block of tokens that a model predicts that learns, with mixing.</summary>
    public static BlockHeader OfLearning(
        int contentLength, ModelId model, FilterHeader filter, int lanes, int tokens, MixingHeader mixing, LearningHeader learning, int payloadLength) =>
        new(LmzBlockType.Learning, contentLength)
        {
            Model = model,
            Filter = filter,
            Lanes = lanes,
            Tokens = tokens,
            Mixing = mixing,
            Learning = learning,
            PayloadLength = payloadLength,
        };

    /// <summary>A block of bytes that mixing predicts.</summary>
    public static BlockHeader OfBytes(int contentLength, FilterHeader filter, int textLength, MixingHeader mixing, int payloadLength) =>
        new(LmzBlockType.ContextMixing, contentLength)
        {
            Filter = filter,
            TextLength = textLength,
            Mixing = mixing,
            PayloadLength = payloadLength,
        };

    /// <summary>A block of samples.</summary>
    public static BlockHeader OfSamples(int contentLength, SampleHeader samples, int payloadLength) =>
        new(LmzBlockType.ContextMixing, contentLength)
        {
            TextLength = contentLength,
            Samples = samples,
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
        if (Rest is not null)
        {
            Varint.Write(bytes, ListLength);
            return [.. bytes, .. Rest.ToBytes()];
        }

        if (Model is { } model)
        {
            Span<byte> id = stackalloc byte[ModelId.Length];
            model.CopyTo(id);
            bytes.AddRange(id);
        }

        if (IsPredicted)
            Filter.Write(bytes);
        if (HasTokens)
        {
            Varint.Write(bytes, Lanes);
            Varint.Write(bytes, Tokens);
        }
        else if (IsPredicted && Filter.Applied != LmzFilter.None)
        {
            Varint.Write(bytes, TextLength);
        }

        Mixing?.Write(bytes);
        Samples?.Write(bytes);
        Learning?.Write(bytes);
        if (Type != LmzBlockType.Stored)
            Varint.Write(bytes, PayloadLength);

        return [.. bytes];
    }

    /// <summary>Reads the header of a block.</summary>
    /// <returns>The header; null if it is cut short or wrong, as the reader says.</returns>
    public static BlockHeader? Read(FormatReader reader) => Read(reader, isRest: false);

    private static BlockHeader? Read(FormatReader reader, bool isRest)
    {
        var start = reader.Offset;
        var type = (LmzBlockType)reader.ReadByte("type of a block");
        var contentLength = (int)reader.ReadNumber("content length of the block", 1, MaxContentLength);
        var header = type switch
        {
            LmzBlockType.Stored => Stored(contentLength),
            LmzBlockType.Brotli => Brotli(contentLength, (int)reader.ReadNumber("length of the payload", 0, contentLength)),
            LmzBlockType.Transformer or LmzBlockType.TransformerAndMixing or LmzBlockType.Learning => ReadTokens(type, contentLength, reader),
            LmzBlockType.ContextMixing => ReadBytes(contentLength, reader),
            LmzBlockType.Repeats when !isRest => ReadRepeats(contentLength, reader),
            _ => null,
        };
        if (header is null)
            reader.Fail($"unknown block type {(int)type}", start);
        return reader.Error is null ? header : null;
    }

    private static BlockHeader ReadTokens(LmzBlockType type, int contentLength, FormatReader reader)
    {
        var model = ModelId.Of(reader.ReadHash("model of the block"));
        var filter = FilterHeader.Read(reader, contentLength);

        // No token is empty.
        var lanes = (int)reader.ReadNumber("number of lanes", 1, Math.Clamp(contentLength / MinTokensPerLane, 1, MaxLanes));
        var tokens = (int)reader.ReadNumber("number of tokens", lanes == 1 ? 1 : lanes * MinTokensPerLane, contentLength);
        MixingHeader? mixing = type == LmzBlockType.Transformer ? null : MixingHeader.Read(reader);
        if (type == LmzBlockType.Learning)
        {
            var learning = LearningHeader.Read(reader, lanes);
            return OfLearning(contentLength, model, filter, lanes, tokens, mixing!.Value, learning, ReadPayloadLength(contentLength, filter, reader));
        }

        return OfTokens(contentLength, model, filter, lanes, tokens, mixing, ReadPayloadLength(contentLength, filter, reader));
    }

    private static BlockHeader? ReadRepeats(int contentLength, FormatReader reader)
    {
        var listLength = (int)reader.ReadNumber("length of the list of repeats", MinListLength, contentLength);
        var start = reader.Offset;
        var rest = Read(reader, isRest: true);
        if (rest?.ContentLength >= contentLength)
            reader.Fail($"there are {rest.ContentLength} bytes beside the repeats of {contentLength} bytes of content", start);
        return rest is null ? null : Repeats(contentLength, listLength, rest);
    }

    private static BlockHeader ReadBytes(int contentLength, FormatReader reader)
    {
        var filter = FilterHeader.Read(reader, contentLength);
        var textLength = filter.Applied == LmzFilter.None
            ? contentLength : (int)reader.ReadNumber("length of the filtered content", 1, contentLength);
        var profile = reader.ReadByte("block header");
        if (profile != SampleHeader.Profile)
            return OfBytes(contentLength, filter, textLength, MixingHeader.Read(reader, profile), ReadPayloadLength(contentLength, filter, reader));
        if (filter.Applied != LmzFilter.None)
            reader.Fail("samples are not filtered");
        return OfSamples(contentLength, SampleHeader.Read(reader, contentLength), ReadPayloadLength(contentLength, filter, reader));
    }

    private static int ReadPayloadLength(int contentLength, FilterHeader filter, FormatReader reader) =>
        (int)reader.ReadNumber("length of the payload", MinPayloadLength(contentLength), contentLength - filter.DataLength);
}

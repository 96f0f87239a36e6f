namespace Compressor.Format;

/// <summary>The start of a block: its type and the lengths that its parts are read by.</summary>
internal sealed record BlockHeader
{
    /// <summary>The longest content of a block, in bytes.</summary>
    public const int MaxContentLength = 1 << 24;

    /// <summary>The most lanes of a block.</summary>
    public const int MaxLanes = 256;

    private BlockHeader(LmzBlockType type, int contentLength)
    {
        Type = type;
        ContentLength = contentLength;
    }

    public LmzBlockType Type { get; }

    /// <summary>The length of the content, 1 to <see cref="MaxContentLength"/> bytes.</summary>
    public int ContentLength { get; }

    /// <summary>The filter of a transformer block.</summary>
    public LmzFilter Filter { get; private init; }

    /// <summary>The length of what the filter needs to be undone; 0 without a filter.</summary>
    public int FilterDataLength { get; private init; }

    /// <summary>The number of lanes of a transformer block.</summary>
    public int Lanes { get; private init; }

    /// <summary>The number of tokens of a transformer block.</summary>
    public int Tokens { get; private init; }

    /// <summary>The length of what the range coder wrote for a transformer block.</summary>
    public int PayloadLength { get; private init; }

    /// <summary>The length of what follows the header: stored content, or filter data and payload.</summary>
    public int BodyLength => Type == LmzBlockType.Stored ? ContentLength : FilterDataLength + PayloadLength;

    public static BlockHeader Stored(int contentLength) => new(LmzBlockType.Stored, contentLength);

    /// <summary>A transformer block; <paramref name="filterDataLength"/> is null when there is no filter.</summary>
    public static BlockHeader Transformer(int contentLength, int? filterDataLength, int lanes, int tokens, int payloadLength) =>
        new(LmzBlockType.Transformer, contentLength)
        {
            Filter = filterDataLength is null ? LmzFilter.None : LmzFilter.LineEnds,
            FilterDataLength = filterDataLength ?? 0,
            Lanes = lanes,
            Tokens = tokens,
            PayloadLength = payloadLength,
        };

    /// <summary>The header as the format has it. Every header has one form, so this is also what was read.</summary>
    public byte[] ToBytes()
    {
        var bytes = new List<byte> { (byte)Type };
        Varint.Write(bytes, ContentLength);
        if (Type == LmzBlockType.Transformer)
        {
            bytes.Add((byte)Filter);
            if (Filter == LmzFilter.LineEnds)
                Varint.Write(bytes, FilterDataLength);
            Varint.Write(bytes, Lanes);
            Varint.Write(bytes, Tokens);
            Varint.Write(bytes, PayloadLength);
        }

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
            case LmzBlockType.Transformer:
                var filter = reader.ReadByte("block header");
                if (filter > (byte)LmzFilter.LineEnds)
                    throw reader.Invalid($"unknown filter {filter}");

                // A transformer block is there because it is smaller than its content, and no token is empty.
                int? filterDataLength = filter == (byte)LmzFilter.LineEnds ? (int)reader.ReadNumber("length of the filter's data", 0, contentLength) : null;
                var lanes = (int)reader.ReadNumber("number of lanes", 1, Math.Min(MaxLanes, contentLength));
                var tokens = (int)reader.ReadNumber("number of tokens", lanes, contentLength);
                var payloadLength = (int)reader.ReadNumber("length of the payload", 0, contentLength - (filterDataLength ?? 0));
                return Transformer(contentLength, filterDataLength, lanes, tokens, payloadLength);
            default:
                throw reader.Invalid($"unknown block type {(int)type}");
        }
    }
}

using Compressor.Container;

namespace Compressor;

/// <summary>What can be said about a frame without decompressing it.</summary>
/// <param name="Offset">Where the frame starts, in bytes from where reading began.</param>
/// <param name="Version">The version of the format.</param>
/// <param name="ContentLength">The length of the content in bytes.</param>
/// <param name="CompressedLength">The length of the frame in bytes.</param>
/// <param name="Blocks">The blocks in order.</param>
public sealed record LmzFrameInfo(
    long Offset,
    int Version,
    long ContentLength,
    long CompressedLength,
    IReadOnlyList<LmzBlockInfo> Blocks)
{
    /// <summary>The <see cref="LmzDictionary.Id"/> of the dictionary that decompressing takes; null for none.</summary>
    public string? DictionaryId { get; init; }

    /// <summary>The models that decompressing takes, in the order of the blocks that need them first.</summary>
    public IReadOnlyList<ModelId> ModelIds { get; } = [.. Blocks.Select(block => block.ModelId).OfType<ModelId>().Distinct()];

    /// <summary>Whether decompressing takes a model: some block holds tokens.</summary>
    public bool NeedsModel => ModelIds is not [];

    /// <param name="parser">Has come to the end of the frame.</param>
    /// <param name="blocks">Its blocks.</param>
    internal static LmzFrameInfo Of(FrameParser parser, IReadOnlyList<LmzBlockInfo> blocks) =>
        new(parser.FrameOffset, FrameHeader.Version, parser.ContentLength, parser.Offset - parser.FrameOffset, blocks)
        {
            DictionaryId = parser.Frame.DictionaryHash is { } hash ? FrameHeader.DictionaryIdOf(hash) : null,
        };
}

/// <summary>What can be said about a block without decompressing it.</summary>
/// <param name="Offset">Where the block starts, in bytes from where reading began.</param>
/// <param name="Type">How it holds its content.</param>
/// <param name="ContentLength">The length of the content in bytes.</param>
/// <param name="CompressedLength">The length of the block in bytes, its header and check included.</param>
/// <param name="Filter">What was done to the content before it was predicted.</param>
/// <param name="Lanes">How many parts are decoded in lockstep; 0 if it holds no tokens.</param>
/// <param name="Tokens">The number of tokens; 0 if it is stored or Brotli.</param>
public sealed record LmzBlockInfo(
    long Offset,
    LmzBlockType Type,
    int ContentLength,
    int CompressedLength,
    LmzFilter Filter,
    int Lanes,
    int Tokens)
{
    /// <summary>How many bytes of the content are long repeats of what was before, in the block or in the frame: they need not be predicted.</summary>
    public int RepeatedLength { get; init; }

    /// <summary>The model that decompressing the block takes; null if it holds no tokens.</summary>
    public ModelId? ModelId { get; init; }

    /// <param name="header">The start of the block.</param>
    /// <param name="offset">Where that is.</param>
    internal static LmzBlockInfo Of(BlockHeader header, long offset) =>
        new(offset, header.Coded.Type, header.ContentLength, header.DataLength, header.Coded.Filter.Applied, header.Coded.Lanes, header.Coded.Tokens)
        {
            RepeatedLength = header.ContentLength - header.Coded.ContentLength,
            ModelId = header.Coded.Model,
        };
}

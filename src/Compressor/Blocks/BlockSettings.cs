using Compressor.Payload;

namespace Compressor.Blocks;

/// <summary>Which forms of a block are tried, and how large memories may be: what a level stands for.</summary>
internal sealed record BlockSettings
{
    /// <summary>Tokens that the model predicts.</summary>
    public bool Tokens { get; init; } = true;

    /// <summary>How large the built-in models may be that are chosen from, unless the options name others.</summary>
    public ModelSize Models { get; init; }

    /// <summary>Whether blocks of tokens are mixed.</summary>
    public bool Mixing { get; init; } = true;

    /// <summary>Bytes that mixing alone predicts.</summary>
    public bool Bytes { get; init; } = true;

    /// <summary>Samples of pictures and sound, in files that start with a header that says how they lie.</summary>
    public bool Samples { get; init; } = true;

    /// <summary>Whether a block of bytes is predicted from few contexts, which is twice as fast.</summary>
    public bool FastBytes { get; init; }

    /// <summary>Whether a block of bytes is predicted from more contexts and more of each, which takes three times as long.</summary>
    public bool RichBytes { get; init; }

    /// <summary>Whether a block of tokens is mixed with few contexts, unless much of what predicts it is learned from it: prose becomes 0.2 % larger so.</summary>
    public bool FastTokens { get; init; }

    /// <summary>Whether a copy of the model that learns from the block is tried.</summary>
    public bool Learn { get; init; }

    /// <summary>The largest tables, in table bits; see <see cref="MixingParameters.MaxTableBits"/>.</summary>
    public int MaxTableBits { get; init; } = 22;

    /// <summary>The most lanes of a block.</summary>
    public int MaxLanes { get; init; } = 16;

    /// <summary>A block has one lane for so many tokens, as long as it may have more.</summary>
    public int TokensPerLane { get; init; } = 1 << 13;

    /// <summary>The content of a block in bytes, unless the options say otherwise.</summary>
    public int BlockLength { get; init; } = 1 << 20;

    /// <summary>The size of the tables for so many bytes, those of a dictionary among them.</summary>
    public int TableBitsFor(int length) => Math.Min(MaxTableBits, MixingParameters.MaxTableBits(length));

    /// <summary>What a level stands for (docs/mixing.md has what each gives and takes).</summary>
    public static BlockSettings OfLevel(int level) => level switch
    {
        1 => new() { Tokens = false, Samples = false, FastBytes = true, MaxTableBits = 18 },
        2 => new() { Tokens = false, Samples = false, FastBytes = true, BlockLength = 1 << 22 },
        3 => new() { Tokens = false, BlockLength = 1 << 22 },
        4 => new() { FastTokens = true, MaxTableBits = 20, MaxLanes = 32 },
        5 => new() { FastTokens = true },
        6 => new() { FastTokens = true, BlockLength = 1 << 21 },
        7 => new() { Models = ModelSize.Base, RichBytes = true, BlockLength = 1 << 22, MaxTableBits = 23 },
        8 => new() { Models = ModelSize.Base, RichBytes = true, BlockLength = 1 << 23, MaxTableBits = 24, MaxLanes = 8 },
        9 => new() { Models = ModelSize.Base, RichBytes = true, BlockLength = 1 << 24, MaxTableBits = 24, MaxLanes = 4, TokensPerLane = 1 << 16 },
        _ => throw new ArgumentOutOfRangeException(nameof(level), level, "There are the levels 1 to 9."),
    };

    /// <summary>What options come to.</summary>
    public static BlockSettings Of(LmzCompressionOptions options)
    {
        var level = OfLevel(options.Level);
        if (options.Learn && options.Mixing && level.Tokens)
            return level with { Learn = true, FastTokens = false, MaxTableBits = 24, BlockLength = LmzCompressionOptions.MaxBlockLength };
        return options.Mixing ? level : level with { Tokens = true, Mixing = false, Bytes = false, Samples = false };
    }
}

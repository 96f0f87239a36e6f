namespace Compressor.Blocks;

/// <summary>Which forms of a block are tried, and how large memories may be: what a level stands for.</summary>
internal sealed record BlockSettings
{
    /// <summary>Tokens that the model predicts.</summary>
    public bool Tokens { get; init; } = true;

    /// <summary>The built-in model, unless the options name another.</summary>
    public string Model { get; init; } = BuiltInModels.Fast;

    /// <summary>Whether blocks of tokens have a memory.</summary>
    public bool TokenMemory { get; init; } = true;

    /// <summary>Bytes that a memory predicts.</summary>
    public bool Bytes { get; init; } = true;

    /// <summary>Whether a block of bytes is predicted from few contexts, which is twice as fast.</summary>
    public bool LeanBytes { get; init; }

    /// <summary>In memory bits: up to this size, a block of tokens gets a memory of two to four lines a token.</summary>
    public int MaxTokenMemory { get; init; } = 19;

    /// <summary>In memory bits: up to this size, a block of bytes gets a memory of four to eight slots a byte.</summary>
    public int MaxByteMemory { get; init; } = 22;

    /// <summary>The most lanes of a block.</summary>
    public int MaxLanes { get; init; } = 16;

    /// <summary>A block has one lane for so many tokens, as long as it may have more.</summary>
    public int TokensPerLane { get; init; } = 1 << 13;

    /// <summary>The content of a block in bytes, unless the options say otherwise.</summary>
    public int BlockLength { get; init; } = 1 << 20;

    /// <summary>What a level stands for (docs/memory.md has what each gives and takes).</summary>
    public static BlockSettings OfLevel(int level) => level switch
    {
        1 => new() { Tokens = false, LeanBytes = true, MaxByteMemory = 18 },
        2 => new() { Tokens = false, LeanBytes = true, BlockLength = 1 << 22 },
        3 => new() { Tokens = false, BlockLength = 1 << 22 },
        4 => new() { MaxTokenMemory = 17, MaxByteMemory = 20, MaxLanes = 32 },
        5 => new(),
        6 => new() { BlockLength = 1 << 21 },
        7 => new() { Model = BuiltInModels.Base, BlockLength = 1 << 22, MaxTokenMemory = 20, MaxByteMemory = 23 },
        8 => new() { Model = BuiltInModels.Base, BlockLength = 1 << 23, MaxTokenMemory = 20, MaxByteMemory = 24, MaxLanes = 8 },
        9 => new() { Model = BuiltInModels.Base, BlockLength = 1 << 24, MaxTokenMemory = 20, MaxByteMemory = 24, MaxLanes = 4, TokensPerLane = 1 << 16 },
        _ => throw new ArgumentOutOfRangeException(nameof(level), level, "There are the levels 1 to 9."),
    };

    /// <summary>What options come to.</summary>
    public static BlockSettings Of(LmzCompressionOptions options)
    {
        var level = OfLevel(options.Level);
        return options.Memory ? level : level with { Tokens = true, TokenMemory = false, Bytes = false };
    }
}

namespace Compressor.Blocks;

/// <summary>Which forms of a block are tried, and how large memories may be.</summary>
internal sealed record BlockSettings
{
    /// <summary>Tokens that the model predicts.</summary>
    public bool Tokens { get; init; } = true;

    /// <summary>Whether blocks of tokens have a memory.</summary>
    public bool TokenMemory { get; init; } = true;

    /// <summary>Bytes that a memory predicts.</summary>
    public bool Bytes { get; init; } = true;

    /// <summary>In memory bits: up to this size, a block of tokens gets a memory of two to four lines a token.</summary>
    public int LargestTokenMemory { get; init; } = 19;

    /// <summary>In memory bits: up to this size, a block of bytes gets a memory of four to eight slots a byte.</summary>
    public int LargestByteMemory { get; init; } = 22;

    /// <summary>What options come to.</summary>
    public static BlockSettings Of(LmzCompressionOptions options) => new() { TokenMemory = options.Memory, Bytes = options.Memory };
}

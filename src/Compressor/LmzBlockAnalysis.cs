namespace Compressor;

/// <summary>What a block cost, token by token.</summary>
/// <param name="Info">What can be said about the block without decompressing it.</param>
/// <param name="PayloadLength">The length in bytes of what the range coder or Brotli wrote, or of the stored content.</param>
/// <param name="Tokens">The tokens in the order of the content, after its filter; none if the block holds none.</param>
public sealed record LmzBlockAnalysis(LmzBlockInfo Info, int PayloadLength, IReadOnlyList<LmzTokenCost> Tokens)
{
    /// <summary>−log₂ of the probability that the tokens were coded with: the bits that a perfect coder would write.</summary>
    public double IdealBits { get; } = Tokens.Sum(token => token.Bits);

    /// <summary>−log₂ of the probability that the transformer alone gives the tokens, or null without tokens.</summary>
    public double? ModelBits { get; } = Tokens.Count == 0 ? null : Tokens.Sum(token => token.ModelBits);
}

/// <summary>What one token cost.</summary>
/// <param name="Bytes">The bytes it stands for.</param>
/// <param name="Bits">−log₂ of the probability that it was coded with, memory included.</param>
/// <param name="ModelBits">−log₂ of the probability that the transformer alone gave it.</param>
/// <param name="Predictions">What the transformer thought most probable in its place, best first; empty where that was not asked for.</param>
public sealed record LmzTokenCost(ReadOnlyMemory<byte> Bytes, double Bits, double ModelBits, IReadOnlyList<LmzPrediction> Predictions);

/// <summary>A token that could have come next.</summary>
/// <param name="Bytes">The bytes it stands for.</param>
/// <param name="Probability">How probable the transformer thought it, 0 to 1.</param>
public readonly record struct LmzPrediction(ReadOnlyMemory<byte> Bytes, double Probability);

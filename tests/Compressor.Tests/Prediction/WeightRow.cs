using Compressor.Kernels;
using Compressor.Prediction;

namespace Compressor.Tests.Prediction;

/// <summary>Softmax weights that a test makes up.</summary>
/// <param name="vocabularySize">Tokens, V.</param>
/// <param name="weight">By rank.</param>
internal sealed unsafe class WeightRow(int vocabularySize, Func<int, int> weight)
{
    private readonly PinnedArray<int> _weights = new(TokenDistribution.RowLength(vocabularySize));
    private readonly PinnedArray<ulong> _prefixes = new(TokenDistribution.Blocks(vocabularySize) + 1);

    /// <summary>The weights as they are now; valid as long as the row is there.</summary>
    public TokenDistribution Distribution
    {
        get
        {
            for (var rank = 0; rank < vocabularySize; rank++)
                _weights.Span[rank] = weight(rank);
            TokenDistribution.SumBlocks(_weights.Pointer, vocabularySize, _prefixes.Pointer);
            return new TokenDistribution(_weights.Pointer, _prefixes.Pointer, vocabularySize);
        }
    }
}

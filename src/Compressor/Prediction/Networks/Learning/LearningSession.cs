using Compressor.Kernels;

namespace Compressor.Prediction.Networks.Learning;

/// <summary>
/// Lanes in lockstep, predicted by a network that learns from them: the same calls, with the same result, of an encoder that knows the tokens of many steps
/// and of a decoder that learns them one step after the other.
/// </summary>
internal sealed unsafe class LearningSession
{
    private readonly LearningTransformer _network;
    private readonly int _vocabularySize;
    private readonly PinnedArray<int> _weights;
    private readonly PinnedArray<ulong> _prefixes;
    private readonly int[] _targets;   // [rows] of the step in progress
    private int _run, _told;

    /// <param name="network">Is used up.</param>
    /// <param name="vocabularySize">V.</param>
    public LearningSession(LearningTransformer network, int vocabularySize)
    {
        _network = network;
        _vocabularySize = vocabularySize;
        _weights = new PinnedArray<int>(TokenDistribution.RowLength(vocabularySize));
        _prefixes = new PinnedArray<ulong>(TokenDistribution.Blocks(vocabularySize) + 1);
        _targets = new int[network.Rows];
    }

    /// <summary>Rows that may be run before the network learns.</summary>
    public int Room => _targets.Length - _run;

    /// <summary>Runs rows; see <see cref="LearningTransformer.Run"/>.</summary>
    /// <param name="newest">[positions, lanes] ids; at most <see cref="Room"/>.</param>
    public void Run(ReadOnlySpan<int> newest)
    {
        _network.Run(newest);
        _run += newest.Length;
    }

    /// <summary>What is predicted for the next row that was run; to be called once for each. Valid until the next call.</summary>
    public TokenDistribution Next()
    {
        _network.VocabularyWeights(_told, _weights.Pointer);
        TokenDistribution.SumBlocks(_weights.Pointer, _vocabularySize, _prefixes.Pointer);
        return new TokenDistribution(_weights.Pointer, _prefixes.Pointer, _vocabularySize);
    }

    /// <summary>Tells the token of that row. When a step is full, the network learns.</summary>
    /// <param name="rank">Of the token.</param>
    /// <exception cref="InvalidDataException">A weight is no number any more.</exception>
    public void Tell(int rank)
    {
        _targets[_told++] = rank;
        if (_told < _targets.Length)
            return;
        _network.Learn(_targets);
        _run = _told = 0;
    }
}

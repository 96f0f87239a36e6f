using Compressor.Prediction;
using Compressor.Prediction.Networks;

namespace Compressor.Tests.Prediction.Networks;

/// <summary>A network for tests to which all tokens are equally likely. Counts its states.</summary>
internal sealed class FlatNetwork(int vocabularySize) : INetwork
{
    public int VocabularySize => vocabularySize;

    public int StartToken => 256;

    public int ScoredRows => 16;

    public int VocabularyTile => 5;

    /// <summary>States that were opened.</summary>
    public int Opened { get; private set; }

    /// <summary>Those that were not disposed.</summary>
    public int Open { get; private set; }

    /// <summary>Called whenever a state runs.</summary>
    public Action? OnRun { get; set; }

    INetworkState INetwork.Open(int lanes, int maxRows)
    {
        Opened++;
        Open++;
        return new State(this);
    }

    private sealed class State(FlatNetwork network) : INetworkState
    {
        public void Run(ReadOnlySpan<int> tokens, int lanes) => network.OnRun?.Invoke();

        public void VocabularyWeights(int first, int count, Span<int> weights)
        {
            weights.Fill(1);
            var length = TokenDistribution.RowLength(network.VocabularySize);
            for (var row = 0; row < count; row++) weights.Slice(row * length, length)[network.VocabularySize..].Clear();
        }

        public void Dispose() => network.Open--;
    }
}

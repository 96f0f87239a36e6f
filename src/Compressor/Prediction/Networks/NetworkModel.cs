using Compressor.Kernels;

namespace Compressor.Prediction.Networks;

/// <summary>
/// A token model whose softmax weights come from an <see cref="INetwork"/>; the integer steps that follow are those of
/// <see cref="Transformer"/>.
/// </summary>
/// <param name="network">The network. One thread at a time runs it: it has threads, or a device, of its own.</param>
internal sealed unsafe class NetworkModel(INetwork network) : ITokenModel
{
    /// <summary>Positions of a lane that are scored at once.</summary>
    private const int ScoredRows = 128;

    private readonly Lock _gate = new();

    public int VocabularySize => network.Config.VocabularySize;

    /// <inheritdoc/>
    public ILaneScorer OpenScorer() => new Scorer(network, _gate);

    /// <inheritdoc/>
    public ILaneSession OpenSession(int lanes) => new NetworkSession(network, _gate, lanes);

    private sealed class Scorer(INetwork network, Lock gate) : ILaneScorer
    {
        private readonly INetworkState _state = network.Open(1, ScoredRows);
        private readonly ForwardPass.Input[] _inputs = new ForwardPass.Input[ScoredRows];
        private readonly PinnedArray<int> _weights = new((long)ScoredRows * network.Config.VocabularySize);
        private readonly PinnedArray<ulong> _prefixes = new(TokenDistribution.Blocks(network.Config.VocabularySize) + 1);
        private ForwardPass.Input _last = new(ModelConfig.BosToken, ModelConfig.BosToken, ModelConfig.BosToken);
        private int _position;

        public void Score(ReadOnlySpan<int> tokens, DistributionReceiver receive, CancellationToken cancellation)
        {
            int v = network.Config.VocabularySize;
            for (int start = 0; start < tokens.Length; start += ScoredRows)
            {
                cancellation.ThrowIfCancellationRequested();
                int rows = Math.Min(ScoredRows, tokens.Length - start);
                for (int r = 0; r < rows; r++)
                {
                    _inputs[r] = _last;
                    _last = new ForwardPass.Input(tokens[start + r], _last.Token, _last.Previous);
                }
                lock (gate) _state.Run(_inputs.AsSpan(0, rows), _position, _weights.Span[..(rows * v)]);
                _position += rows;
                for (int r = 0; r < rows; r++)
                {
                    int* weights = _weights.Pointer + (long)r * v;
                    TokenDistribution.SumBlocks(weights, v, _prefixes.Pointer);
                    receive(start + r, new TokenDistribution(weights, _prefixes.Pointer, v));
                }
            }
            GC.KeepAlive(this);
        }

        public void Dispose() => _state.Dispose();
    }
}

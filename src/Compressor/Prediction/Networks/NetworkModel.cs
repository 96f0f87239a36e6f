using System.Collections.Concurrent;
using Compressor.Kernels;
using Compressor.Prediction.Networks.Learning;

namespace Compressor.Prediction.Networks;

/// <summary>A network as a token model: its softmax weights become distributions.</summary>
/// <param name="network">Shared by all scorers and sessions.</param>
internal sealed unsafe class NetworkModel(INetwork network) : ITokenModel
{
    private readonly ConcurrentBag<Scratch> _scratch = [];   // of scorers that were disposed

    public int VocabularySize => network.VocabularySize;

    /// <inheritdoc/>
    public ILaneScorer OpenScorer() => new Scorer(network, _scratch);

    /// <inheritdoc/>
    public ILaneSession OpenSession(int lanes) => new NetworkSession(network, lanes);

    /// <inheritdoc/>
    public bool CanLearn => network.CanLearn;

    /// <inheritdoc/>
    public int StartToken => network.StartToken;

    /// <inheritdoc/>
    public LearningTransformer OpenLearner(int lanes, LearningSettings settings, int threads) => network.OpenLearner(lanes, settings, threads);

    private sealed class Scorer(INetwork network, ConcurrentBag<Scratch> idle) : ILaneScorer
    {
        private readonly INetworkState _state = network.Open(1, network.ScoredRows);
        private Scratch? _scratch = idle.TryTake(out var scratch) ? scratch : new Scratch(network);
        private int _last = network.StartToken;

        public void Score(ReadOnlySpan<int> tokens, DistributionReceiver receive, CancellationToken cancellation)
        {
            ObjectDisposedException.ThrowIf(_scratch is null, this);
            int v = network.VocabularySize, rowLength = TokenDistribution.RowLength(v);
            var weights = _scratch.Weights.Pointer;
            var prefixes = _scratch.Prefixes.Pointer;
            for (var start = 0; start < tokens.Length; start += network.ScoredRows)
            {
                cancellation.ThrowIfCancellationRequested();
                // Row r predicts tokens[start + r] from those before it.
                var known = tokens.Slice(start, Math.Min(network.ScoredRows, tokens.Length - start));
                var inputs = _scratch.Inputs.AsSpan(0, known.Length);
                inputs[0] = _last;
                known[..^1].CopyTo(inputs[1..]);
                _last = known[^1];
                _state.Run(inputs, 1);
                for (var first = 0; first < known.Length; first += network.VocabularyTile)
                {
                    var count = Math.Min(network.VocabularyTile, known.Length - first);
                    _state.VocabularyWeights(first, count, _scratch.Weights.Span[..(count * rowLength)]);
                    for (var r = 0; r < count; r++)
                    {
                        TokenDistribution.SumBlocks(weights + (long)r * rowLength, v, prefixes);
                        receive(start + first + r, new TokenDistribution(weights + (long)r * rowLength, prefixes, v));
                    }
                }
            }
            GC.KeepAlive(_scratch);
        }

        public void Dispose()
        {
            if (_scratch is null) return;
            _state.Dispose();
            idle.Add(_scratch);
            _scratch = null;
        }
    }

    /// <summary>Buffers of a scorer.</summary>
    private sealed class Scratch(INetwork network)
    {
        /// <summary>Tokens that go into the network.</summary>
        public int[] Inputs { get; } = new int[network.ScoredRows];

        /// <summary>[tile, row length] softmax weights.</summary>
        public PinnedArray<int> Weights { get; } = new((long)network.VocabularyTile * TokenDistribution.RowLength(network.VocabularySize));

        /// <summary>Their sums before every block of one row.</summary>
        public PinnedArray<ulong> Prefixes { get; } = new(TokenDistribution.Blocks(network.VocabularySize) + 1);
    }
}

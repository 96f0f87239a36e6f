using Compressor.Kernels;

namespace Compressor.Prediction.Networks;

/// <summary>
/// Encoding: all tokens of a lane are known, so <see cref="KeyValueCache.Slack"/> positions go through the network at once.
/// </summary>
internal sealed unsafe class LaneScorer : ILaneScorer
{
    private readonly int _vocabularySize;
    private readonly Action<LaneScorer> _release;
    private readonly ForwardPass _pass;
    private readonly KeyValueCache[][] _caches;
    private readonly ForwardPass.Input[] _inputs = new ForwardPass.Input[KeyValueCache.Slack];
    private readonly PinnedArray<int> _weights;      // [VocabularyTile, V]
    private readonly PinnedArray<ulong> _prefixes;   // [V / 32 + 1]
    private ForwardPass.Input _last;
    private int _position;

    /// <param name="weights">The model.</param>
    /// <param name="set">The instruction set to run.</param>
    /// <param name="release">Given the scorer when it is disposed of, to be used again.</param>
    public LaneScorer(TransformerWeights weights, InstructionSet set, Action<LaneScorer> release)
    {
        _vocabularySize = weights.Config.VocabularySize;
        _release = release;
        _pass = new ForwardPass(weights, KeyValueCache.Slack, set);
        _caches = [Transformer.NewCaches(weights.Config)];
        _weights = new PinnedArray<int>((long)ForwardPass.VocabularyTile * _vocabularySize);
        _prefixes = new PinnedArray<ulong>(TokenDistribution.Blocks(_vocabularySize) + 1);
        Reset();
    }

    /// <summary>Goes back to the beginning of a sequence.</summary>
    public void Reset()
    {
        foreach (KeyValueCache cache in _caches[0]) cache.Clear();
        _last = new ForwardPass.Input(ModelConfig.BosToken, ModelConfig.BosToken, ModelConfig.BosToken);
        _position = 0;
    }

    /// <inheritdoc/>
    public void Score(ReadOnlySpan<int> tokens, DistributionReceiver receive, CancellationToken cancellation)
    {
        int bits = TokenDistribution.WeightBits(_vocabularySize);
        for (int start = 0; start < tokens.Length; start += KeyValueCache.Slack)
        {
            cancellation.ThrowIfCancellationRequested();
            int rows = Math.Min(KeyValueCache.Slack, tokens.Length - start);
            // Row r predicts tokens[start + r] from the one before it; position 0 is BOS.
            for (int r = 0; r < rows; r++)
            {
                _inputs[r] = _last;
                _last = new ForwardPass.Input(tokens[start + r], _last.Token, _last.Previous);
            }
            _pass.Run(_inputs.AsSpan(0, rows), _caches, rows, _position);
            _position += rows;
            for (int first = 0; first < rows; first += ForwardPass.VocabularyTile)
            {
                int count = Math.Min(ForwardPass.VocabularyTile, rows - first);
                _pass.VocabularyWeights(first, count, bits, _weights.Pointer);
                for (int r = 0; r < count; r++)
                {
                    int* weights = _weights.Pointer + (long)r * _vocabularySize;
                    TokenDistribution.SumBlocks(weights, _vocabularySize, _prefixes.Pointer);
                    receive(start + first + r, new TokenDistribution(weights, _prefixes.Pointer, _vocabularySize));
                }
            }
        }
        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public void Dispose() => _release(this);
}

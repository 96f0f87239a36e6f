using Compressor.Kernels;
using Compressor.RangeCoding;

namespace Compressor.Prediction.Networks;

/// <summary>
/// Encoding: all tokens of a lane are known, so <see cref="KeyValueCache.Slack"/> positions go through the network at once.
/// </summary>
internal sealed unsafe class LaneScorer
{
    private readonly int _vocabularySize, _decisions;
    private readonly ForwardPass _pass;
    private readonly KeyValueCache[][] _caches;
    private readonly ForwardPass.Input[] _inputs = new ForwardPass.Input[KeyValueCache.Slack];
    private readonly PinnedArray<int> _weights;      // [VocabularyTile, V]
    private readonly PinnedArray<ulong> _prefixes;   // [V / 32 + 1]

    public LaneScorer(TransformerWeights weights, InstructionSet set)
    {
        _vocabularySize = weights.Config.VocabularySize;
        _decisions = TokenPath.Bits(_vocabularySize);
        _pass = new ForwardPass(weights, KeyValueCache.Slack, set);
        _caches = [Transformer.NewCaches(weights.Config)];
        _weights = new PinnedArray<int>((long)ForwardPass.VocabularyTile * _vocabularySize);
        _prefixes = new PinnedArray<ulong>(_vocabularySize / TokenDistribution.BlockLength + 1);
    }

    /// <summary>See <see cref="ITokenModel.Score"/>.</summary>
    public void Score(ReadOnlySpan<int> tokens, Span<Interval> intervals, Span<ushort> decisions, CancellationToken cancellation)
    {
        foreach (KeyValueCache cache in _caches[0]) cache.Clear();
        int bits = TokenDistribution.WeightBits(_vocabularySize);
        for (int start = 0; start < tokens.Length; start += KeyValueCache.Slack)
        {
            cancellation.ThrowIfCancellationRequested();
            int rows = Math.Min(KeyValueCache.Slack, tokens.Length - start);
            // Row r predicts tokens[start + r] from the one before it; position 0 is BOS.
            for (int r = 0; r < rows; r++)
                _inputs[r] = new ForwardPass.Input(At(tokens, start + r - 1), At(tokens, start + r - 2), At(tokens, start + r - 3));
            _pass.Run(_inputs.AsSpan(0, rows), _caches, rows, start);
            for (int first = 0; first < rows; first += ForwardPass.VocabularyTile)
            {
                int count = Math.Min(ForwardPass.VocabularyTile, rows - first);
                _pass.VocabularyWeights(first, count, bits, _weights.Pointer);
                for (int r = 0; r < count; r++)
                {
                    int* weights = _weights.Pointer + (long)r * _vocabularySize;
                    TokenDistribution.SumBlocks(weights, _vocabularySize, _prefixes.Pointer);
                    int i = start + first + r;
                    if (!intervals.IsEmpty) intervals[i] = TokenDistribution.IntervalOf(tokens[i], weights, _vocabularySize, _prefixes.Pointer);
                    if (!decisions.IsEmpty) FollowPath(tokens[i], weights, decisions.Slice(i * _decisions, _decisions));
                }
            }
        }
    }

    /// <summary>The probability of a 1 at each decision on the way to the token.</summary>
    private void FollowPath(int token, int* weights, Span<ushort> decisions)
    {
        var path = new TokenPath(weights, _prefixes.Pointer, _vocabularySize);
        for (int i = 0; i < decisions.Length; i++)
        {
            decisions[i] = (ushort)path.Probability();
            path.Take(token >> decisions.Length - 1 - i & 1);
        }
    }

    private static int At(ReadOnlySpan<int> tokens, int index) => index < 0 ? ModelConfig.BosToken : tokens[index];
}

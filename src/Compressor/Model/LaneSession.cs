using Compressor.Coding;
using Compressor.Kernels;

namespace Compressor.Model;

/// <summary>
/// Decoding: one row for each lane, all lanes in lockstep, so that each load of a weight serves them all.
/// </summary>
internal sealed unsafe class LaneSession : ILaneSession
{
    private readonly int _vocabularySize, _bits;
    private readonly ForwardPass _pass;
    private readonly KeyValueCache[][] _caches;      // [lanes][layers]
    private readonly ForwardPass.Input[] _inputs;    // [lanes] newest tokens
    private readonly PinnedArray<int> _weights;      // [lanes, V]
    private readonly PinnedArray<ulong> _prefixes;   // [lanes, V / 32 + 1]
    private readonly TokenPath[] _paths;             // [lanes] the decisions of the tokens in progress
    private readonly int _prefixStride;
    private int _position;

    public LaneSession(TransformerWeights weights, int lanes, InstructionSet set)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(lanes, 1);
        _vocabularySize = weights.Config.VocabularySize;
        _bits = TokenDistribution.WeightBits(_vocabularySize);
        _pass = new ForwardPass(weights, lanes, set);
        _caches = new KeyValueCache[lanes][];
        for (int i = 0; i < lanes; i++) _caches[i] = Transformer.NewCaches(weights.Config);
        _inputs = new ForwardPass.Input[lanes];
        _inputs.AsSpan().Fill(new ForwardPass.Input(ModelConfig.BosToken, ModelConfig.BosToken, ModelConfig.BosToken));
        _weights = new PinnedArray<int>((long)lanes * _vocabularySize);
        _paths = new TokenPath[lanes];
        _prefixStride = _vocabularySize / TokenDistribution.BlockLength + 1;
        _prefixes = new PinnedArray<ulong>((long)lanes * _prefixStride);
    }

    /// <inheritdoc/>
    public void Predict(int active)
    {
        _pass.Run(_inputs.AsSpan(0, active), _caches.AsSpan(0, active), 1, _position);
        for (int lane = 0; lane < active; lane += ForwardPass.VocabularyTile)
            _pass.VocabularyWeights(lane, Math.Min(ForwardPass.VocabularyTile, active - lane), _bits, WeightsOf(lane));
        for (int lane = 0; lane < active; lane++)
        {
            TokenDistribution.SumBlocks(WeightsOf(lane), _vocabularySize, PrefixesOf(lane));
            _paths[lane] = new TokenPath(WeightsOf(lane), PrefixesOf(lane), _vocabularySize);
        }
        _position++;
    }

    /// <inheritdoc/>
    public int Find(int lane, uint quantile, out Interval interval) =>
        TokenDistribution.Find(quantile, WeightsOf(lane), _vocabularySize, PrefixesOf(lane), out interval);

    /// <inheritdoc/>
    public int DecisionProbability(int lane) => _paths[lane].Probability();

    /// <inheritdoc/>
    public void Decide(int lane, int bit) => _paths[lane].Take(bit);

    /// <inheritdoc/>
    public void Advance(ReadOnlySpan<int> tokens)
    {
        for (int lane = 0; lane < tokens.Length; lane++)
            _inputs[lane] = new ForwardPass.Input(tokens[lane], _inputs[lane].Token, _inputs[lane].Previous);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private int* WeightsOf(int lane) => _weights.Pointer + (long)lane * _vocabularySize;

    private ulong* PrefixesOf(int lane) => _prefixes.Pointer + (long)lane * _prefixStride;
}

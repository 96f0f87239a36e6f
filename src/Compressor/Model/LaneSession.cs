using Compressor.Coding;
using Compressor.Kernels;

namespace Compressor.Model;

/// <summary>
/// Decoding: one row for each lane, all lanes in lockstep, so that each load of a weight serves them all. With several
/// threads each has a share of the lanes; a row's result does not depend on the rows beside it.
/// </summary>
internal sealed unsafe class LaneSession : ILaneSession
{
    /// <summary>With fewer lanes than this, handing a thread its share costs more than it saves.</summary>
    private const int LeastShare = 2;

    private readonly int _vocabularySize, _bits;
    private readonly ForwardPass[] _passes;          // one a thread
    private readonly int _share;                     // lanes of each thread; the last may have fewer
    private readonly KeyValueCache[][] _caches;      // [lanes][layers]
    private readonly ForwardPass.Input[] _inputs;    // [lanes] newest tokens
    private readonly PinnedArray<int> _weights;      // [lanes, V]
    private readonly PinnedArray<ulong> _prefixes;   // [lanes, V / 32 + 1]
    private readonly TokenPath[] _paths;             // [lanes] the decisions of the tokens in progress
    private readonly int _prefixStride;
    private int _position;

    public LaneSession(TransformerWeights weights, int lanes, int threads, InstructionSet set)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(lanes, 1);
        _vocabularySize = weights.Config.VocabularySize;
        _bits = TokenDistribution.WeightBits(_vocabularySize);
        _share = Math.Max(LeastShare, (lanes + threads - 1) / threads);
        _passes = new ForwardPass[(lanes + _share - 1) / _share];
        for (int i = 0; i < _passes.Length; i++) _passes[i] = new ForwardPass(weights, _share, set);
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
        int shares = (active + _share - 1) / _share;
        if (shares == 1) PredictShare(0, active);
        else Parallel.For(0, shares, share => PredictShare(share, Math.Min(_share, active - share * _share)));
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

    /// <summary>One thread's part of a step: <paramref name="count"/> lanes from the first of its share.</summary>
    private void PredictShare(int share, int count)
    {
        int first = share * _share;
        ForwardPass pass = _passes[share];
        pass.Run(_inputs.AsSpan(first, count), _caches.AsSpan(first, count), 1, _position);
        for (int row = 0; row < count; row += ForwardPass.VocabularyTile)
            pass.VocabularyWeights(row, Math.Min(ForwardPass.VocabularyTile, count - row), _bits, WeightsOf(first + row));
        for (int lane = first; lane < first + count; lane++)
        {
            TokenDistribution.SumBlocks(WeightsOf(lane), _vocabularySize, PrefixesOf(lane));
            _paths[lane] = new TokenPath(WeightsOf(lane), PrefixesOf(lane), _vocabularySize);
        }
    }

    private int* WeightsOf(int lane) => _weights.Pointer + (long)lane * _vocabularySize;

    private ulong* PrefixesOf(int lane) => _prefixes.Pointer + (long)lane * _prefixStride;
}

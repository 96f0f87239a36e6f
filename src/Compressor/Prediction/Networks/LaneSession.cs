using Compressor.Kernels;

namespace Compressor.Prediction.Networks;

/// <summary>
/// Decoding: one row for each lane, all lanes in lockstep, so that each load of a weight serves them all.
/// </summary>
internal sealed unsafe class LaneSession : DecodingSession
{
    private readonly int _bits;
    private readonly ForwardPass _pass;
    private readonly KeyValueCache[][] _caches;      // [lanes][layers]
    private int _position;

    public LaneSession(TransformerWeights weights, int lanes, InstructionSet set)
        : base(weights.Config.VocabularySize, lanes)
    {
        _bits = TokenDistribution.WeightBits(weights.Config.VocabularySize);
        _pass = new ForwardPass(weights, lanes, set);
        _caches = new KeyValueCache[lanes][];
        for (int i = 0; i < lanes; i++) _caches[i] = Transformer.NewCaches(weights.Config);
    }

    /// <inheritdoc/>
    protected override void ComputeWeights(int active)
    {
        _pass.Run(Inputs.AsSpan(0, active), _caches.AsSpan(0, active), 1, _position);
        for (int lane = 0; lane < active; lane += ForwardPass.VocabularyTile)
            _pass.VocabularyWeights(lane, Math.Min(ForwardPass.VocabularyTile, active - lane), _bits, WeightsOf(lane));
        _position++;
    }
}

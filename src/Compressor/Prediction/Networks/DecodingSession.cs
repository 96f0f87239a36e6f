using Compressor.Kernels;

namespace Compressor.Prediction.Networks;

/// <summary>What all sessions share: the newest tokens of each lane, and the distributions of the next ones, wherever they are computed.</summary>
internal abstract unsafe class DecodingSession : ILaneSession
{
    private readonly int _vocabularySize, _prefixStride;
    private readonly PinnedArray<int> _weights;      // [lanes, V]
    private readonly PinnedArray<ulong> _prefixes;   // [lanes, V / 32 + 1]

    protected DecodingSession(int vocabularySize, int lanes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(lanes, 1);
        _vocabularySize = vocabularySize;
        Inputs = new ForwardPass.Input[lanes];
        Inputs.AsSpan().Fill(new ForwardPass.Input(ModelConfig.BosToken, ModelConfig.BosToken, ModelConfig.BosToken));
        _weights = new PinnedArray<int>((long)lanes * vocabularySize);
        _prefixStride = TokenDistribution.Blocks(vocabularySize) + 1;
        _prefixes = new PinnedArray<ulong>((long)lanes * _prefixStride);
    }

    /// <summary>[lanes] newest tokens.</summary>
    protected ForwardPass.Input[] Inputs { get; }

    /// <summary>[lanes, V] softmax weights.</summary>
    protected Span<int> Weights => _weights.Span;

    /// <inheritdoc/>
    public void Predict(int active)
    {
        ComputeWeights(active);
        for (int lane = 0; lane < active; lane++)
            TokenDistribution.SumBlocks(WeightsOf(lane), _vocabularySize, PrefixesOf(lane));
    }

    /// <inheritdoc/>
    public TokenDistribution Distribution(int lane) => new(WeightsOf(lane), PrefixesOf(lane), _vocabularySize);

    /// <inheritdoc/>
    public void Advance(ReadOnlySpan<int> tokens)
    {
        for (int lane = 0; lane < tokens.Length; lane++)
            Inputs[lane] = new ForwardPass.Input(tokens[lane], Inputs[lane].Token, Inputs[lane].Previous);
    }

    /// <inheritdoc/>
    public virtual void Dispose() => GC.SuppressFinalize(this);

    /// <summary>Runs the network on the newest tokens and fills <see cref="Weights"/> of the first lanes.</summary>
    protected abstract void ComputeWeights(int active);

    /// <summary>Softmax weights of a lane and those after it.</summary>
    protected int* WeightsOf(int lane) => _weights.Pointer + (long)lane * _vocabularySize;

    private ulong* PrefixesOf(int lane) => _prefixes.Pointer + (long)lane * _prefixStride;
}

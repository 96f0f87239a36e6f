using Compressor.Coding;
using Compressor.Kernels;

namespace Compressor.Model;

/// <summary>Decoding with an <see cref="INetwork"/>: one row for each lane, all lanes in lockstep.</summary>
internal sealed unsafe class NetworkSession : ILaneSession
{
    private readonly int _vocabularySize, _prefixStride;
    private readonly INetworkState _state;
    private readonly Lock _gate;
    private readonly ForwardPass.Input[] _inputs;    // [lanes] newest tokens
    private readonly PinnedArray<int> _weights;      // [lanes, V]
    private readonly PinnedArray<ulong> _prefixes;   // [lanes, V / 32 + 1]
    private readonly TokenPath[] _paths;             // [lanes] the decisions of the tokens in progress
    private int _position;

    /// <param name="network">The network.</param>
    /// <param name="gate">Held while the network runs.</param>
    /// <param name="lanes">Lanes, at least 1.</param>
    public NetworkSession(INetwork network, Lock gate, int lanes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(lanes, 1);
        _gate = gate;
        _vocabularySize = network.Config.VocabularySize;
        _prefixStride = _vocabularySize / TokenDistribution.BlockLength + 1;
        _state = network.Open(lanes, 1);
        _inputs = new ForwardPass.Input[lanes];
        _inputs.AsSpan().Fill(new ForwardPass.Input(ModelConfig.BosToken, ModelConfig.BosToken, ModelConfig.BosToken));
        _weights = new PinnedArray<int>((long)lanes * _vocabularySize);
        _prefixes = new PinnedArray<ulong>((long)lanes * _prefixStride);
        _paths = new TokenPath[lanes];
    }

    /// <inheritdoc/>
    public void Predict(int active)
    {
        // Lanes that have ended run along: no row depends on another.
        lock (_gate) _state.Run(_inputs, _position, _weights.Span);
        _position++;
        for (int lane = 0; lane < active; lane++)
        {
            TokenDistribution.SumBlocks(WeightsOf(lane), _vocabularySize, PrefixesOf(lane));
            _paths[lane] = new TokenPath(WeightsOf(lane), PrefixesOf(lane), _vocabularySize);
        }
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
    public void Dispose() => _state.Dispose();

    private int* WeightsOf(int lane) => _weights.Pointer + (long)lane * _vocabularySize;

    private ulong* PrefixesOf(int lane) => _prefixes.Pointer + (long)lane * _prefixStride;
}

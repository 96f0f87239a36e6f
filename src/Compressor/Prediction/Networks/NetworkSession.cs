using Compressor.Kernels;

namespace Compressor.Prediction.Networks;

/// <summary>Decoding with a network: one row for each lane, all lanes in lockstep, so that each load of a weight serves them all.</summary>
internal sealed unsafe class NetworkSession : ILaneSession
{
    private readonly int _vocabularySize, _rowLength, _prefixStride;
    private readonly INetworkState _state;
    private readonly int[] _newest;                  // [lanes]
    private readonly PinnedArray<int> _weights;      // [lanes, row length]
    private readonly PinnedArray<ulong> _prefixes;   // [lanes, blocks + 1]

    public NetworkSession(INetwork network, int lanes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(lanes, 1);
        _vocabularySize = network.VocabularySize;
        _rowLength = TokenDistribution.RowLength(_vocabularySize);
        _prefixStride = TokenDistribution.Blocks(_vocabularySize) + 1;
        _newest = new int[lanes];
        _newest.AsSpan().Fill(network.StartToken);
        _weights = new PinnedArray<int>((long)lanes * _rowLength);
        _prefixes = new PinnedArray<ulong>((long)lanes * _prefixStride);
        _state = network.Open(lanes, 1);
    }

    /// <inheritdoc/>
    public void Predict(int active)
    {
        _state.Run(_newest.AsSpan(0, active), active);
        _state.VocabularyWeights(0, active, _weights.Span[..(active * _rowLength)]);
        for (var lane = 0; lane < active; lane++)
            TokenDistribution.SumBlocks(WeightsOf(lane), _vocabularySize, PrefixesOf(lane));
        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public TokenDistribution Distribution(int lane) => new(WeightsOf(lane), PrefixesOf(lane), _vocabularySize);

    /// <inheritdoc/>
    public void Advance(ReadOnlySpan<int> tokens) => tokens.CopyTo(_newest);

    /// <inheritdoc/>
    public void Dispose() => _state.Dispose();

    private int* WeightsOf(int lane) => _weights.Pointer + (long)lane * _rowLength;

    private ulong* PrefixesOf(int lane) => _prefixes.Pointer + (long)lane * _prefixStride;
}

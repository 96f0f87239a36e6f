namespace Compressor.Prediction.Networks;

/// <summary>Decoding with an <see cref="INetwork"/>: one row for each lane, all lanes in lockstep.</summary>
/// <param name="network">The network.</param>
/// <param name="gate">Held while the network runs.</param>
/// <param name="lanes">Lanes, at least 1.</param>
internal sealed class NetworkSession(INetwork network, Lock gate, int lanes) : DecodingSession(network.Config.VocabularySize, lanes)
{
    private readonly INetworkState _state = network.Open(lanes, 1);
    private int _position;

    /// <inheritdoc/>
    public override void Dispose()
    {
        _state.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override void ComputeWeights(int active)
    {
        // Lanes that have ended run along: no row depends on another.
        lock (gate) _state.Run(Inputs, _position, Weights);
        _position++;
    }
}

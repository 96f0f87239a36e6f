namespace Compressor.Prediction.Networks;

/// <summary>
/// The exact network of docs/exactness.md, computed by something else than this library's kernels: another library of
/// tensors, another device. <see cref="NetworkModel"/> makes a token model of it.
/// </summary>
internal interface INetwork
{
    /// <summary>Shape of the network.</summary>
    ModelConfig Config { get; }

    /// <summary>Sequences that advance in lockstep, all at position 0.</summary>
    /// <param name="lanes">Sequences, at least 1.</param>
    /// <param name="maxRows">The most positions that one call of <see cref="INetworkState.Run"/> appends to each.</param>
    INetworkState Open(int lanes, int maxRows);
}

/// <summary>What a network remembers of sequences. Not thread-safe.</summary>
internal interface INetworkState : IDisposable
{
    /// <summary>Appends positions to every sequence and computes the softmax weights of the token after each.</summary>
    /// <param name="inputs">[lanes, rows], lane by lane.</param>
    /// <param name="position">Position of the first new row; 0 forgets what was before.</param>
    /// <param name="weights">[lanes, rows, V] receives round(2^bits · p / max p), see <see cref="TokenDistribution.WeightBits"/>.</param>
    void Run(ReadOnlySpan<ForwardPass.Input> inputs, int position, Span<int> weights);
}

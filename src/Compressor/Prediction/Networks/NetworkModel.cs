using System.Collections.Concurrent;
using Compressor.Kernels;
using Compressor.RangeCoding;

namespace Compressor.Prediction.Networks;

/// <summary>
/// A token model whose softmax weights come from an <see cref="INetwork"/>; the integer steps that follow are those of
/// <see cref="Transformer"/>.
/// </summary>
/// <param name="network">The network. One thread at a time runs it: it has threads, or a device, of its own.</param>
internal sealed unsafe class NetworkModel(INetwork network) : ITokenModel
{
    /// <summary>Positions of a lane that are scored at once.</summary>
    private const int ScoredRows = 128;

    private readonly Lock _gate = new();
    private readonly ConcurrentBag<INetworkState> _scorers = [];

    public int VocabularySize => network.Config.VocabularySize;

    /// <inheritdoc/>
    public void Score(ReadOnlySpan<int> tokens, Span<Interval> intervals, Span<ushort> decisions, CancellationToken cancellation)
    {
        int v = VocabularySize, bits = TokenPath.Bits(v);
        var inputs = new ForwardPass.Input[ScoredRows];
        var weights = new PinnedArray<int>((long)ScoredRows * v);
        var prefixes = new PinnedArray<ulong>(v / TokenDistribution.BlockLength + 1);
        if (!_scorers.TryTake(out INetworkState? state)) state = network.Open(1, ScoredRows);
        for (int start = 0; start < tokens.Length; start += ScoredRows)
        {
            cancellation.ThrowIfCancellationRequested();
            int rows = Math.Min(ScoredRows, tokens.Length - start);
            // Row r predicts tokens[start + r] from the one before it; position 0 is BOS.
            for (int r = 0; r < rows; r++)
                inputs[r] = new ForwardPass.Input(At(tokens, start + r - 1), At(tokens, start + r - 2), At(tokens, start + r - 3));
            lock (_gate) state.Run(inputs.AsSpan(0, rows), start, weights.Span[..(rows * v)]);
            for (int r = 0; r < rows; r++)
            {
                int* row = weights.Pointer + (long)r * v;
                int i = start + r;
                TokenDistribution.SumBlocks(row, v, prefixes.Pointer);
                if (!intervals.IsEmpty) intervals[i] = TokenDistribution.IntervalOf(tokens[i], row, v, prefixes.Pointer);
                if (decisions.IsEmpty) continue;
                var path = new TokenPath(row, prefixes.Pointer, v);
                for (int bit = 0; bit < bits; bit++)
                {
                    decisions[i * bits + bit] = (ushort)path.Probability();
                    path.Take(tokens[i] >> bits - 1 - bit & 1);
                }
            }
        }
        _scorers.Add(state);
    }

    /// <inheritdoc/>
    public ILaneSession OpenSession(int lanes) => new NetworkSession(network, _gate, lanes);

    private static int At(ReadOnlySpan<int> tokens, int index) => index < 0 ? ModelConfig.BosToken : tokens[index];
}

using System.Collections.Concurrent;
using Compressor.Kernels;
using Compressor.RangeCoding;

namespace Compressor.Prediction.Networks;

/// <summary>A network as a token model: its softmax weights become intervals and decisions.</summary>
/// <param name="network">Shared by all calls and sessions.</param>
internal sealed unsafe class NetworkModel(INetwork network) : ITokenModel
{
    private readonly ConcurrentBag<Scratch> _scratch = [];   // of calls that have ended

    public int VocabularySize => network.VocabularySize;

    /// <inheritdoc/>
    public void Score(ReadOnlySpan<int> tokens, Span<Interval> intervals, Span<ushort> decisions, CancellationToken cancellation)
    {
        int rowsAtOnce = network.ScoredRows, bits = TokenPath.Bits(VocabularySize);
        using INetworkState state = network.Open(1, rowsAtOnce);
        if (!_scratch.TryTake(out Scratch? scratch)) scratch = new Scratch(network);
        for (int start = 0; start < tokens.Length; start += rowsAtOnce)
        {
            cancellation.ThrowIfCancellationRequested();
            // Row r predicts tokens[start + r] from those before it.
            ReadOnlySpan<int> known = tokens.Slice(start, Math.Min(rowsAtOnce, tokens.Length - start));
            Span<int> inputs = scratch.Inputs.AsSpan(0, known.Length);
            inputs[0] = start == 0 ? network.StartToken : tokens[start - 1];
            known[..^1].CopyTo(inputs[1..]);
            state.Run(inputs, 1);
            for (int first = 0; first < known.Length; first += network.VocabularyTile)
            {
                int count = Math.Min(network.VocabularyTile, known.Length - first);
                state.VocabularyWeights(first, count, scratch.Weights.Span[..(count * scratch.RowLength)]);
                for (int r = 0; r < count; r++)
                {
                    int* weights = scratch.Weights.Pointer + (long)r * scratch.RowLength;
                    ulong* prefixes = scratch.Prefixes.Pointer;
                    TokenDistribution.SumBlocks(weights, VocabularySize, prefixes);
                    int i = start + first + r;
                    if (!intervals.IsEmpty) intervals[i] = TokenDistribution.IntervalOf(tokens[i], weights, VocabularySize, prefixes);
                    if (!decisions.IsEmpty)
                        FollowPath(tokens[i], new TokenPath(weights, prefixes, VocabularySize), decisions.Slice(i * bits, bits));
                }
            }
        }
        _scratch.Add(scratch);   // which also keeps it alive until here
    }

    /// <inheritdoc/>
    public ILaneSession OpenSession(int lanes) => new NetworkSession(network, lanes);

    /// <summary>The probability of a 1 at each decision on the way to the token.</summary>
    private static void FollowPath(int token, TokenPath path, Span<ushort> decisions)
    {
        for (int i = 0; i < decisions.Length; i++)
        {
            decisions[i] = (ushort)path.Probability();
            path.Take(token >> decisions.Length - 1 - i & 1);
        }
    }

    /// <summary>Buffers of a call of <see cref="Score"/>.</summary>
    private sealed class Scratch(INetwork network)
    {
        public int RowLength { get; } = TokenDistribution.RowLength(network.VocabularySize);

        /// <summary>Tokens that go into the network.</summary>
        public int[] Inputs { get; } = new int[network.ScoredRows];

        /// <summary>[tile, row length] softmax weights.</summary>
        public PinnedArray<int> Weights { get; } = new((long)network.VocabularyTile * TokenDistribution.RowLength(network.VocabularySize));

        /// <summary>Their sums before every block of one row.</summary>
        public PinnedArray<ulong> Prefixes { get; } = new(TokenDistribution.Blocks(network.VocabularySize) + 1);
    }
}

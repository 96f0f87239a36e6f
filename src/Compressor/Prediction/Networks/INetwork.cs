using Compressor.Prediction.Networks.Learning;

namespace Compressor.Prediction.Networks;

/// <summary>
/// An exact network: tokens in, integer softmax weights of the next token out, the same bits from every implementation of
/// it, in batches of any shape. There is one for each model family and each thing that runs it: this library's kernels, or
/// a tensor library. Immutable and shared by threads; <see cref="NetworkModel"/> makes a token model of it.
/// </summary>
internal interface INetwork
{
    /// <summary>Tokens, V; any number from 2.</summary>
    int VocabularySize { get; }

    /// <summary>The token that every sequence starts with.</summary>
    int StartToken { get; }

    /// <summary>Positions of a sequence whose tokens are all known that are best run at once.</summary>
    int ScoredRows { get; }

    /// <summary>Rows whose weights are best asked for at once: as many as stay in a processor's cache until they are used.</summary>
    int VocabularyTile { get; }

    /// <summary>Opens sequences that advance in lockstep and start empty.</summary>
    /// <param name="lanes">Sequences, at least 1.</param>
    /// <param name="maxRows">The most positions that one call of <see cref="INetworkState.Run"/> appends to each; at most <see cref="ScoredRows"/>.</param>
    INetworkState Open(int lanes, int maxRows);

    /// <summary>Whether <see cref="OpenLearner"/> can be called.</summary>
    bool CanLearn => false;

    /// <summary>A copy in floats that learns while it codes; see <see cref="ITokenModel.OpenLearner"/>.</summary>
    LearningTransformer OpenLearner(int lanes, LearningSettings settings, int threads) => throw new NotSupportedException();
}

/// <summary>What a network remembers of some sequences. Not thread-safe, but states of one network may be used by different threads.</summary>
internal interface INetworkState : IDisposable
{
    /// <summary>Appends positions to the first lanes; those left out have ended.</summary>
    /// <param name="tokens">[lanes, rows], lane by lane; the first of a sequence is <see cref="INetwork.StartToken"/>.</param>
    /// <param name="lanes">At least 1, and no more than in the call before.</param>
    void Run(ReadOnlySpan<int> tokens, int lanes);

    /// <summary>Softmax weights round(2^bits · p / max p) of the tokens that follow rows of the last run.</summary>
    /// <param name="first">First row of [lanes, rows].</param>
    /// <param name="count">Rows.</param>
    /// <param name="weights">
    /// [count, <see cref="TokenDistribution.RowLength"/>] result; bits is <see cref="TokenDistribution.WeightBits"/> and what lies past V is 0.
    /// </param>
    void VocabularyWeights(int first, int count, Span<int> weights);
}

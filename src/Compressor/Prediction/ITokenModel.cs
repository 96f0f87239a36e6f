using Compressor.RangeCoding;

namespace Compressor.Prediction;

/// <summary>A next-token predictor whose probabilities are exact integers. Shared by threads; state lives in sessions.</summary>
internal interface ITokenModel
{
    /// <summary>Tokens, V.</summary>
    int VocabularySize { get; }

    /// <summary>
    /// All tokens of one lane are known: what each is given those before it. The same bits as stepping a session.
    /// </summary>
    /// <param name="tokens">The lane.</param>
    /// <param name="intervals">The interval of each token, or empty if not wanted.</param>
    /// <param name="decisions">[tokens, <see cref="TokenPath.Bits"/>] the probability of a 1 at each decision on the way to
    /// the token, or empty if not wanted.</param>
    /// <param name="cancellation">Checked every few tokens.</param>
    void Score(ReadOnlySpan<int> tokens, Span<Interval> intervals, Span<ushort> decisions, CancellationToken cancellation);

    /// <summary>State for decoding lanes in lockstep; all start at BOS.</summary>
    /// <param name="lanes">Lanes, at least 1.</param>
    ILaneSession OpenSession(int lanes);
}

/// <summary>Lanes being decoded, one token each per step: either by <see cref="Find"/> or decision by decision.</summary>
internal interface ILaneSession : IDisposable
{
    /// <summary>Computes the distributions of the next token of the first <paramref name="active"/> lanes.</summary>
    void Predict(int active);

    /// <summary>The token whose interval holds <paramref name="quantile"/> in the current distribution of a lane.</summary>
    int Find(int lane, uint quantile, out Interval interval);

    /// <summary>The probability, of 2^16, that the next bit of the lane's token is 1; in [1, 2^16 − 1].</summary>
    int DecisionProbability(int lane);

    /// <summary>Tells that bit.</summary>
    void Decide(int lane, int bit);

    /// <summary>Tells the decoded tokens of the first lanes.</summary>
    void Advance(ReadOnlySpan<int> tokens);
}

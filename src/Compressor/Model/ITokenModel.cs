using Compressor.Coding;

namespace Compressor.Model;

/// <summary>A next-token predictor whose probabilities are exact integers. Shared by threads; state lives in sessions.</summary>
internal interface ITokenModel
{
    /// <summary>Tokens, V.</summary>
    int VocabularySize { get; }

    /// <summary>
    /// All tokens of one lane are known: the interval of each given those before it. The same bits as stepping a session.
    /// </summary>
    void Score(ReadOnlySpan<int> tokens, Span<Interval> intervals, CancellationToken cancellation);

    /// <summary>State for decoding <paramref name="lanes"/> lanes in lockstep; all start at BOS.</summary>
    ILaneSession OpenSession(int lanes);
}

/// <summary>Lanes being decoded, one token each per step.</summary>
internal interface ILaneSession : IDisposable
{
    /// <summary>Computes the distributions of the next token of the first <paramref name="active"/> lanes.</summary>
    void Predict(int active);

    /// <summary>The token whose interval holds <paramref name="quantile"/> in the current distribution of a lane.</summary>
    int Find(int lane, uint quantile, out Interval interval);

    /// <summary>Tells the decoded tokens of the first lanes.</summary>
    void Advance(ReadOnlySpan<int> tokens);
}

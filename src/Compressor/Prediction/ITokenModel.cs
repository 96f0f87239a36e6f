using Compressor.Prediction.Networks.Learning;

namespace Compressor.Prediction;

/// <summary>
/// A next-token predictor whose probabilities are exact integers. It is told of tokens by their ids and predicts them by their ranks
/// (<see cref="TokenTree"/>). Shared by threads; state lives in sessions.
/// </summary>
internal interface ITokenModel
{
    /// <summary>Tokens, V.</summary>
    int VocabularySize { get; }

    /// <summary>A lane whose tokens are known, to be scored many at a time; it starts at the beginning of a sequence.</summary>
    ILaneScorer OpenScorer();

    /// <summary>State for decoding lanes in lockstep; all start at the beginning of a sequence.</summary>
    /// <param name="lanes">Lanes, at least 1.</param>
    ILaneSession OpenSession(int lanes);

    /// <summary>Whether <see cref="OpenLearner"/> can be called.</summary>
    bool CanLearn => false;

    /// <summary>The token that every sequence starts with, for <see cref="OpenLearner"/>.</summary>
    int StartToken => throw new NotSupportedException();

    /// <summary>A copy that learns while it codes lanes in lockstep.</summary>
    /// <param name="lanes">Lanes, at least 1.</param>
    /// <param name="settings">How it learns.</param>
    /// <param name="threads">How many threads may work; no result depends on it.</param>
    LearningTransformer OpenLearner(int lanes, LearningSettings settings, int threads) => throw new NotSupportedException();
}

/// <summary>Receives what is predicted of a token.</summary>
/// <param name="index">Which of the tokens that were given.</param>
/// <param name="distribution">Of it, given those before. Valid during the call.</param>
internal delegate void DistributionReceiver(int index, TokenDistribution distribution);

/// <summary>A lane being encoded. Not thread-safe.</summary>
internal interface ILaneScorer : IDisposable
{
    /// <summary>Predicts the next tokens of the lane, each given those before it. The same bits as stepping a session.</summary>
    /// <param name="tokens">Ids of the tokens; the next call goes on after them.</param>
    /// <param name="receive">Given every prediction in order.</param>
    /// <param name="cancellation">Checked every few tokens.</param>
    void Score(ReadOnlySpan<int> tokens, DistributionReceiver receive, CancellationToken cancellation);
}

/// <summary>Lanes being decoded, one token each per step. Not thread-safe.</summary>
internal interface ILaneSession : IDisposable
{
    /// <summary>Computes the distributions of the next token of the first <paramref name="active"/> lanes.</summary>
    void Predict(int active);

    /// <summary>What was computed of a lane; valid until the next <see cref="Predict"/>.</summary>
    TokenDistribution Distribution(int lane);

    /// <summary>Tells the ids of the decoded tokens of the first lanes.</summary>
    void Advance(ReadOnlySpan<int> tokens);
}

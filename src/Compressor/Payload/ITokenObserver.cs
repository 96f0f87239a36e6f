using Compressor.Prediction;
using Compressor.RangeCoding;

namespace Compressor.Payload;

/// <summary>Watches the tokens of a block being decoded: each is begun, then seen as one interval or as decisions, then ended.</summary>
internal interface ITokenObserver
{
    /// <summary>A token is about to be decoded.</summary>
    /// <param name="index">Its place among the tokens of the block.</param>
    /// <param name="distribution">What the network makes of it.</param>
    void Begin(int index, TokenDistribution distribution);

    /// <summary>It was coded whole.</summary>
    void SeeInterval(Interval interval);

    /// <summary>One of its decisions was coded.</summary>
    /// <param name="bit">How it went.</param>
    /// <param name="coded">The probability of a 1 that it was coded with, of 2^16.</param>
    /// <param name="modelled">The same by the network alone.</param>
    void SeeDecision(int bit, int coded, int modelled);

    /// <summary>Which token it was.</summary>
    void End(int token);
}

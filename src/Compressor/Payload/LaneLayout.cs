using Compressor.Blocks;
namespace Compressor.Payload;

/// <summary>
/// How the tokens of a block are dealt out to lanes: each lane gets a contiguous slice, the first ones a token more when
/// it does not come out even. Lanes advance in lockstep, so step t codes token t of every lane that has one.
/// </summary>
/// <param name="Tokens">The number of tokens, at least <paramref name="Lanes"/>.</param>
/// <param name="Lanes">The number of lanes, at least 1.</param>
internal readonly record struct LaneLayout(int Tokens, int Lanes)
{
    private const int LearnedTokensPerLane = 1 << 16;

    /// <summary>The number of steps, which is the length of the longest lane.</summary>
    public int Steps => (Tokens + Lanes - 1) / Lanes;

    /// <summary>
    /// The layout that the encoder chooses. One pass over the weights serves all lanes, and threads share them; but a lane starts without context and the
    /// lanes learn from each other's past alone, which costs 0.5 % of prose and 5 % of a program.
    /// </summary>
    /// <param name="tokens">The number of tokens.</param>
    /// <param name="settings">How many lanes there may be.</param>
    /// <param name="mostIsLearned">Whether the network is not far ahead of what the content itself teaches: then lanes cost most, and are few.</param>
    public static LaneLayout For(int tokens, BlockSettings settings, bool mostIsLearned) =>
        new(tokens, Math.Clamp(tokens / (mostIsLearned ? Math.Max(settings.TokensPerLane, LearnedTokensPerLane) : settings.TokensPerLane), 1, settings.MaxLanes));

    /// <summary>Where a lane's tokens start; for the lane after the last, where they end.</summary>
    public int StartOf(int lane) => (lane * (Tokens / Lanes)) + Math.Min(lane, Tokens % Lanes);

    /// <summary>How many lanes, from the first, have a token at a step.</summary>
    public int ActiveAt(int step) => step < Tokens / Lanes ? Lanes : Tokens % Lanes;
}

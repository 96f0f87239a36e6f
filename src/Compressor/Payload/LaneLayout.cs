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
    /// <summary>The number of steps, which is the length of the longest lane.</summary>
    public int Steps => (Tokens + Lanes - 1) / Lanes;

    /// <summary>
    /// The layout that the encoder chooses. Each lane starts without context, which costs some bits; in return, one pass over the weights serves all lanes.
    /// </summary>
    public static LaneLayout For(int tokens, BlockSettings settings) => new(tokens, Math.Clamp(tokens / settings.TokensPerLane, 1, settings.MaxLanes));

    /// <summary>Where a lane's tokens start; for the lane after the last, where they end.</summary>
    public int StartOf(int lane) => (lane * (Tokens / Lanes)) + Math.Min(lane, Tokens % Lanes);

    /// <summary>How many lanes, from the first, have a token at a step.</summary>
    public int ActiveAt(int step) => step < Tokens / Lanes ? Lanes : Tokens % Lanes;
}

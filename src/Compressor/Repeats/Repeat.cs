namespace Compressor.Repeats;

/// <summary>A part of a block's content that was there before: in the block itself, or wholly before it in the frame.</summary>
/// <param name="Start">Where it starts in the block's content.</param>
/// <param name="Length">Its length in bytes, at least 1.</param>
/// <param name="Distance">How many bytes before it the same bytes start, at least 1. Less than the length for a run, which repeats itself.</param>
internal readonly record struct Repeat(int Start, int Length, long Distance)
{
    /// <summary>Where it ends in the block's content.</summary>
    public int End => Start + Length;

    /// <summary>Whether its source is before the block.</summary>
    public bool IsFar => Distance > Start;
}

using Compressor.Container;

namespace Compressor.Recovery;

/// <summary>A part of data that may be damaged: a block that can be tried, or something that is no block.</summary>
/// <param name="Offset">Where it starts in the data.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Frame">The header of the block's frame; null if it is no block.</param>
/// <param name="ContentLength">The length of the content in bytes, if known.</param>
/// <param name="Check">The check that the block must state, if known from a seek table.</param>
/// <param name="Reason">What is wrong with it; null if it is a block that can be tried.</param>
internal sealed record RecoveryItem(long Offset, long Length, FrameHeader? Frame, int? ContentLength, uint? Check, string? Reason)
{
    public static RecoveryItem Block(FrameHeader frame, long offset, int length, int contentLength, uint? check = null) =>
        new(offset, length, frame, contentLength, check, null);

    public static RecoveryItem Damage(long offset, long length, string reason) => new(offset, length, null, null, null, reason);
}

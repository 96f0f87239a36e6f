namespace Compressor.Frames;

/// <summary>
/// How content is cut: which bytes block i holds, and which blocks part I of N. Both follow from the length of the content and that of a block alone, so all
/// who know these agree without talking.
/// </summary>
/// <param name="ContentLength">The length of the whole content in bytes.</param>
/// <param name="BlockLength">The length of every block's content but the last one's, in bytes.</param>
internal readonly record struct BlockLayout(long ContentLength, int BlockLength)
{
    /// <summary>The number of blocks.</summary>
    public long Count => (ContentLength / BlockLength) + (ContentLength % BlockLength > 0 ? 1 : 0);

    /// <summary>Where block <paramref name="index"/> starts in the content, and its length there, in bytes.</summary>
    /// <param name="index">From 0 to before <see cref="Count"/>.</param>
    public (long Offset, int Length) BlockAt(long index)
    {
        var offset = index * BlockLength;
        return (offset, (int)Math.Min(BlockLength, ContentLength - offset));
    }

    /// <summary>The content of a part: whole blocks, of which parts have the same number but for one.</summary>
    public (long Offset, long Length) RangeOf(LmzPart part)
    {
        var (first, end) = part.ShareOf(Count);
        var offset = StartOf(first);
        return (offset, StartOf(end) - offset);
    }

    private long StartOf(long index) => index < Count ? index * BlockLength : ContentLength;
}

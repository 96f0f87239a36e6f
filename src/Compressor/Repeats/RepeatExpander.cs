namespace Compressor.Repeats;

/// <summary>Puts the repeats of a block back between the rest of its content.</summary>
internal static class RepeatExpander
{
    /// <param name="rest">The content without its repeats.</param>
    /// <param name="repeats">The repeats, as read and checked for this block.</param>
    /// <param name="blockStart">Where the block's content starts in the frame's, in bytes.</param>
    /// <param name="contentLength">The length of the block's content in bytes.</param>
    /// <param name="before">Gives content from before the block.</param>
    /// <exception cref="InvalidDataException">The lengths do not add up, or a source is not at hand.</exception>
    public static byte[] Expand(ReadOnlySpan<byte> rest, IReadOnlyList<Repeat> repeats, long blockStart, int contentLength, IContentSource before)
    {
        if (rest.Length + repeats.Sum(repeat => (long)repeat.Length) != contentLength)
            throw new InvalidDataException("the repeats and the rest are not as long as the content");
        var content = new byte[contentLength];
        var end = 0;
        foreach (var repeat in repeats)
        {
            rest[..(repeat.Start - end)].CopyTo(content.AsSpan(end));
            rest = rest[(repeat.Start - end)..];
            Copy(content, repeat, blockStart, before);
            end = repeat.End;
        }

        rest.CopyTo(content.AsSpan(end));
        return content;
    }

    private static void Copy(byte[] content, Repeat repeat, long blockStart, IContentSource before)
    {
        var (to, left) = (repeat.Start, repeat.Length);
        if (repeat.IsCross)
        {
            var length = (int)Math.Min(left, repeat.Distance - to);
            before.Read(blockStart + to - repeat.Distance, content.AsSpan(to, length));
            to += length;
            left -= length;
        }

        // A run's source grows while it is copied: twice as much at each turn.
        for (var from = (int)(to - repeat.Distance); left > 0;)
        {
            var length = Math.Min(left, to - from);
            content.AsSpan(from, length).CopyTo(content.AsSpan(to));
            to += length;
            left -= length;
        }
    }
}

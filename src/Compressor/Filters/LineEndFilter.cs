namespace Compressor.Filters;

/// <summary>
/// Writes line ends of two bytes (carriage return, line feed) as the one (line feed) that models are trained on, and
/// back. The lone line feeds among them are listed beside the text.
/// </summary>
/// <remarks>
/// Expansion turns every line feed into two bytes unless it is listed. A lone carriage return is left alone both ways,
/// also before a line feed: <c>\r\r\n</c> becomes <c>\r\n</c> and, its line feed being unlisted, <c>\r\r\n</c> again.
/// The list holds, for each lone line feed, how many unlisted ones are between it and the listed one before.
/// </remarks>
internal static class LineEndFilter
{
    /// <summary>A list entry costs about a byte; a carriage return saves somewhat less than half of one once coded.</summary>
    private const int LineEndsPerException = 3;

    /// <summary>Filters <paramref name="content"/> if that pays.</summary>
    /// <param name="content">Any bytes.</param>
    /// <param name="filtered">The bytes with short line ends.</param>
    /// <param name="gaps">The list of lone line feeds.</param>
    /// <returns>False, with nothing in either result, when the bytes are better left as they are.</returns>
    public static bool TryApply(ReadOnlySpan<byte> content, out byte[] filtered, out int[] gaps)
    {
        var lineEnds = content.Count("\r\n"u8);
        var lone = content.Count((byte)'\n') - lineEnds;
        if (lineEnds <= LineEndsPerException * lone)
        {
            (filtered, gaps) = ([], []);
            return false;
        }

        filtered = new byte[content.Length - lineEnds];
        gaps = new int[lone];
        var length = 0;
        var listed = 0;
        for (var i = 0; i < content.Length; i++)
        {
            if (content[i] == '\r' && i + 1 < content.Length && content[i + 1] == '\n')
            {
                i++; // to the line feed
                if (listed < gaps.Length)
                    gaps[listed]++;
            }
            else if (content[i] == '\n')
            {
                listed++;
            }

            filtered[length++] = content[i];
        }

        return true;
    }

    /// <summary>Undoes <see cref="TryApply"/>.</summary>
    /// <exception cref="InvalidDataException">The list names a line feed that is not there.</exception>
    public static byte[] Expand(ReadOnlySpan<byte> filtered, ReadOnlySpan<int> gaps)
    {
        var lineFeeds = filtered.Count((byte)'\n');
        long reached = 0;
        foreach (var gap in gaps)
            reached += gap + 1L;
        if (reached > lineFeeds)
            throw new InvalidDataException($"Line ends: {lineFeeds} line feeds, but the list of exceptions goes on to number {reached}.");

        var content = new byte[filtered.Length + lineFeeds - gaps.Length];
        var length = 0;
        var listed = 0;
        var passed = 0; // unlisted line feeds since the last listed one
        foreach (var value in filtered)
        {
            if (value == '\n')
            {
                if (listed < gaps.Length && passed == gaps[listed])
                {
                    listed++;
                    passed = 0;
                }
                else
                {
                    content[length++] = (byte)'\r';
                    passed++;
                }
            }

            content[length++] = value;
        }

        return content;
    }
}

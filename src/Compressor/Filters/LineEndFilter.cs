using Compressor.Container;

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
internal sealed class LineEndFilter : IFilter
{
    /// <summary>A list entry costs about a byte; a carriage return saves somewhat less than half of one once coded.</summary>
    private const int LineEndsPerException = 3;

    public LmzFilter Flag => LmzFilter.LineEnds;

    /// <inheritdoc/>
    public FilterResult? Apply(ReadOnlySpan<byte> content)
    {
        var lineEnds = content.Count("\r\n"u8);
        var lone = content.Count((byte)'\n') - lineEnds;
        if (lineEnds <= LineEndsPerException * lone)
            return null;

        var text = new byte[content.Length - lineEnds];
        var list = new List<byte>();
        var length = 0;
        var unlisted = 0; // since the last lone line feed
        for (var i = 0; i < content.Length; i++)
        {
            if (content[i] == '\r' && i + 1 < content.Length && content[i + 1] == '\n')
            {
                i++; // to the line feed
                unlisted++;
            }
            else if (content[i] == '\n')
            {
                Varint.Write(list, unlisted);
                unlisted = 0;
            }

            text[length++] = content[i];
        }

        return new FilterResult(text, [.. list]);
    }

    /// <inheritdoc/>
    public byte[] Undo(ReadOnlySpan<byte> text, ReadOnlyMemory<byte> data, int maxBytes)
    {
        var lineFeeds = text.Count((byte)'\n');
        var gaps = ReadGaps(data.Span);
        long reached = 0;
        foreach (var gap in gaps)
            reached += gap + 1L;
        if (reached > lineFeeds)
            throw new InvalidDataException($"Line ends: {lineFeeds} line feeds, but the list of exceptions goes on to number {reached}.");
        var total = (long)text.Length + lineFeeds - gaps.Length;
        if (total > maxBytes)
            throw new InvalidDataException($"Line ends: the text has {total} bytes, more than {maxBytes}.");

        var content = new byte[total];
        var length = 0;
        var listed = 0;
        var unlisted = 0; // since the last listed one
        foreach (var value in text)
        {
            if (value == '\n')
            {
                if (listed < gaps.Length && unlisted == gaps[listed])
                {
                    listed++;
                    unlisted = 0;
                }
                else
                {
                    content[length++] = (byte)'\r';
                    unlisted++;
                }
            }

            content[length++] = value;
        }

        return content;
    }

    private static int[] ReadGaps(ReadOnlySpan<byte> data)
    {
        var gaps = new List<int>();
        while (!data.IsEmpty)
        {
            data = data[Varint.Read(data, out var gap)..];
            gaps.Add((int)Math.Min(gap, int.MaxValue)); // more than any text has, either way
        }

        return [.. gaps];
    }
}

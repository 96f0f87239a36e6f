using Compressor.Container;

namespace Compressor.Filters;

/// <summary>A block's content as it is predicted: after those filters that help, with what they need to be undone.</summary>
/// <param name="Text">The filtered bytes.</param>
/// <param name="Header">What was done.</param>
/// <param name="Data">What undoing it needs: that of the line ends, then that of the line breaks.</param>
internal sealed record FilteredContent(byte[] Text, FilterHeader Header, byte[] Data)
{
    /// <summary>Content as it is.</summary>
    public static FilteredContent Unfiltered(byte[] content) => new(content, default, []);

    /// <summary>Filters a block's content.</summary>
    public static FilteredContent Of(byte[] content)
    {
        var (text, filter) = (content, LmzFilter.None);
        var data = new List<byte>();
        if (LineEndFilter.TryApply(text, out var shortened, out var gaps))
        {
            (text, filter) = (shortened, LmzFilter.LineEnds);
            foreach (var gap in gaps)
                Varint.Write(data, gap);
        }

        var lineEnds = data.Count;
        if (LineBreakFilter.TryApply(text, out var joined, out var column, out var decisions))
        {
            (text, filter) = (joined, filter | LmzFilter.LineBreaks);
            Varint.Write(data, column);
            data.AddRange(decisions);
        }

        return new FilteredContent(text, new FilterHeader(filter, lineEnds, data.Count - lineEnds), [.. data]);
    }

    /// <summary>The content; not verified yet.</summary>
    /// <param name="maxBytes">It may not be longer.</param>
    /// <exception cref="InvalidDataException">The filters' data does not fit the text.</exception>
    public byte[] Undo(int maxBytes)
    {
        var text = Text;
        if (Header.Applied.HasFlag(LmzFilter.LineBreaks))
        {
            var data = Data.AsMemory(Header.LineEnds, Header.LineBreaks);
            var length = Varint.Read(data.Span, out var column);
            if (column is < 1 or > BlockHeader.MaxContentLength)
                throw new InvalidDataException($"Line breaks: {column} is no wrapping column.");
            text = LineBreakFilter.Expand(text, (int)column, data[length..], maxBytes);
        }

        return Header.Applied.HasFlag(LmzFilter.LineEnds) ? LineEndFilter.Expand(text, ReadGaps(Data.AsSpan(0, Header.LineEnds))) : text;
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

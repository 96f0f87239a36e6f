using Compressor.Container;

namespace Compressor.Filters;

/// <summary>A block's content as it is predicted: after those filters that help, with what they need to be undone.</summary>
/// <param name="Text">The filtered bytes.</param>
/// <param name="Header">What was done.</param>
/// <param name="Data">What undoing it needs: that of the line ends, then that of the line breaks.</param>
internal sealed record FilteredContent(byte[] Text, FilterHeader Header, byte[] Data)
{
    private static readonly LineEndFilter LineEnds = new();
    private static readonly LineBreakFilter LineBreaks = new();

    /// <summary>Content as it is.</summary>
    public static FilteredContent Unfiltered(byte[] content) => new(content, default, []);

    /// <summary>Filters a block's content.</summary>
    public static FilteredContent Of(byte[] content) => Of(content, LineEnds, LineBreaks);

    /// <summary>The same with given filters. One that does not give the content back is not used.</summary>
    internal static FilteredContent Of(byte[] content, IFilter lineEnds, IFilter lineBreaks)
    {
        var ends = ApplyReversibly(lineEnds, content);
        var text = ends?.Text ?? content;
        var breaks = ApplyReversibly(lineBreaks, text);
        var applied = (ends is null ? LmzFilter.None : lineEnds.Flag) | (breaks is null ? LmzFilter.None : lineBreaks.Flag);
        byte[] endData = ends?.Data ?? [], breakData = breaks?.Data ?? [];
        return new FilteredContent(breaks?.Text ?? text, new FilterHeader(applied, endData.Length, breakData.Length), [.. endData, .. breakData]);
    }

    /// <summary>The content; not verified yet.</summary>
    /// <param name="maxBytes">It may not be longer.</param>
    /// <exception cref="InvalidDataException">The filters' data does not fit the text.</exception>
    public byte[] Undo(int maxBytes)
    {
        var text = Text;
        if (Header.Applied.HasFlag(LmzFilter.LineBreaks))
            text = LineBreaks.Undo(text, Data.AsMemory(Header.LineEnds, Header.LineBreaks), maxBytes);
        return Header.Applied.HasFlag(LmzFilter.LineEnds) ? LineEnds.Undo(text, Data.AsMemory(0, Header.LineEnds), maxBytes) : text;
    }

    /// <summary>Null where the filter does not help, or is at fault: what it makes of this content cannot be undone.</summary>
    private static FilterResult? ApplyReversibly(IFilter filter, byte[] content)
    {
        if (filter.Apply(content) is not { } result)
            return null;
        try
        {
            return filter.Undo(result.Text, result.Data, content.Length).AsSpan().SequenceEqual(content) ? result : null;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}

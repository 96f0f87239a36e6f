using System.Globalization;

namespace Compressor.Cli.Commands;

/// <summary>A part of some content, as <c>--range</c> names it: FIRST-LAST, FIRST-, or -COUNT for the last bytes.</summary>
/// <param name="First">The first byte, counted from 0; null for the last <paramref name="Last"/> bytes.</param>
/// <param name="Last">The last byte, itself included; null for the end.</param>
internal sealed record ByteRange(long? First, long? Last)
{
    public static ByteRange All { get; } = new(0, null);

    /// <returns>The range, or null if the text is none.</returns>
    public static ByteRange? TryParse(string text)
    {
        if (text.Split('-') is not [var first, var last] || (first.Length == 0 && last.Length == 0))
            return null;
        long? from = null, to = null;
        if (first.Length > 0)
        {
            if (!long.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var value))
                return null;
            from = value;
        }

        if (last.Length > 0)
        {
            if (!long.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out var value))
                return null;
            to = value;
        }

        return from > to ? null : new ByteRange(from, to);
    }

    /// <summary>Where the range starts in content of a length, and its length there, in bytes.</summary>
    public (long Offset, long Length) In(long contentLength)
    {
        var start = Math.Min(First ?? Math.Max(0, contentLength - Last!.Value), contentLength);
        var end = First is null || Last is null || Last >= contentLength ? contentLength : Last.Value + 1;
        return (start, end - start);
    }
}

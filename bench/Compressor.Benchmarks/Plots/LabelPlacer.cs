namespace Compressor.Benchmarks.Plots;

/// <summary>Puts the labels of marks where they cover neither marks nor each other, as far as there is room.</summary>
/// <param name="left">Labels stay right of this.</param>
/// <param name="right">And left of this.</param>
internal sealed class LabelPlacer(double left, double right)
{
    private const double LetterWidth = 6.6, LineHeight = 12, MarkRadius = 6;

    private readonly List<(double Left, double Top, double Right, double Bottom)> _taken = [];

    /// <summary>Keeps a mark free.</summary>
    public void Keep(double x, double y) => _taken.Add((x - MarkRadius, y - MarkRadius, x + MarkRadius, y + MarkRadius));

    /// <summary>Where the label of the mark at (x, y) goes: the nearest free place beside it, the first if none is.</summary>
    public (double X, double Y, string Anchor) Place(double x, double y, string text)
    {
        var width = text.Length * LetterWidth;
        (double X, double Y, string Anchor)? chosen = null;
        foreach (var line in (int[])[0, -1, 1, -2, 2, -3, 3])
        {
            foreach (var anchor in (string[])["start", "end"])
            {
                double at = anchor == "start" ? x + 9 : x - 9, from = anchor == "start" ? at : at - width, baseline = y + 4 + line * LineHeight;
                var box = (Left: from, Top: baseline - LineHeight + 2, Right: from + width, Bottom: baseline + 1);
                if (box.Left < left || box.Right > right + 30) continue;
                chosen ??= (at, baseline, anchor);
                if (_taken.Any(t => t.Left < box.Right && box.Left < t.Right && t.Top < box.Bottom && box.Top < t.Bottom)) continue;
                _taken.Add(box);
                return (at, baseline, anchor);
            }
        }
        return chosen ?? (x + 9, y + 4, "start");
    }
}

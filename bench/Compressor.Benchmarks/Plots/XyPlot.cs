using System.Globalization;

namespace Compressor.Benchmarks.Plots;

/// <summary>Some points of one kind.</summary>
/// <param name="Name">What the legend calls it.</param>
/// <param name="Points">In the order in which a line joins them.</param>
/// <param name="Colour">Of marks and line.</param>
internal sealed record PlotSeries(string Name, IReadOnlyList<(double X, double Y)> Points, string Colour)
{
    /// <summary>Whether a line joins the points.</summary>
    public bool Line { get; init; } = true;

    /// <summary>Whether each point has a mark.</summary>
    public bool Marks { get; init; } = true;

    /// <summary>Whether the line is dashed: for what is calculated, not measured.</summary>
    public bool Dashed { get; init; }
}

/// <summary>Values against values, a legend beside them.</summary>
/// <param name="title">Above the picture.</param>
/// <param name="across">What the horizontal axis counts.</param>
/// <param name="up">What the vertical axis counts.</param>
internal sealed class XyPlot(string title, string across, string up)
{
    private const int Width = 880, Height = 460, Top = 66, Bottom = 400, Left = 70, Right = 640, LegendLeft = 664, LegendRow = 20;

    /// <summary>Whether the horizontal axis is logarithmic.</summary>
    public bool LogX { get; init; }

    /// <summary>Whether the vertical axis is logarithmic; if not, it starts at 0.</summary>
    public bool LogY { get; init; }

    /// <summary>With both axes logarithmic.</summary>
    public static XyPlot LogLog(string title, string across, string up) => new(title, across, up) { LogX = true, LogY = true };

    public string Draw(IReadOnlyList<PlotSeries> series)
    {
        var svg = new SvgDocument(Width, Height);
        double[] xs = [.. series.SelectMany(s => s.Points).Select(p => p.X)], ys = [.. series.SelectMany(s => s.Points).Select(p => p.Y)];
        IAxis x = LogX ? new LogAxis(xs, Left, Right) : new LinearAxis(xs, Left, Right, withZero: xs.Min() >= 0 && xs.Min() < xs.Max() / 4);
        IAxis y = LogY ? new LogAxis(ys, Bottom, Top) : new LinearAxis(ys, Bottom, Top, withZero: true);
        svg.Text(16, 28, title, style: "title");
        foreach (var (value, text) in x.Ticks())
        {
            svg.Line(x.At(value), Top, x.At(value), Bottom);
            svg.Text(x.At(value), Bottom + 18, Short(value, text), "middle", "small");
        }
        foreach (var (value, text) in y.Ticks())
        {
            svg.Line(Left, y.At(value), Right, y.At(value));
            svg.Text(Left - 6, y.At(value) + 4, Short(value, text), "end", "small");
        }
        svg.Line(Left, Bottom, Right, Bottom, "axis");
        svg.Line(Left, Top, Left, Bottom, "axis");
        svg.Text((Left + Right) / 2, Bottom + 42, across, "middle");
        svg.Text(16, Top - 14, up);
        for (var i = 0; i < series.Count; i++)
        {
            var s = series[i];
            double legend = Top + 10 + i * LegendRow;
            if (s.Line) svg.Curve(s.Points.Select(p => (x.At(p.X), y.At(p.Y))), s.Colour, s.Dashed);
            if (s.Line) svg.Curve([(LegendLeft, legend - 4), (LegendLeft + 22, legend - 4)], s.Colour, s.Dashed);
            if (s.Marks) svg.Circle(LegendLeft + 11, legend - 4, 3.5, s.Colour, s.Name);
            svg.Text(LegendLeft + 28, legend, s.Name);
            if (!s.Marks) continue;
            foreach (var (px, py) in s.Points)
                svg.Circle(x.At(px), y.At(py), 3.5, s.Colour, string.Create(CultureInfo.InvariantCulture, $"{s.Name}: {px:G6}, {py:G6}"));
        }
        return svg.ToString();
    }

    /// <summary>Thousands and millions by letter.</summary>
    private static string Short(double value, string text) => Math.Abs(value) switch
    {
        >= 1e6 => (value / 1e6).ToString("0.###", CultureInfo.InvariantCulture) + " M",
        >= 1e3 => (value / 1e3).ToString("0.###", CultureInfo.InvariantCulture) + " k",
        _ => text,
    };
}

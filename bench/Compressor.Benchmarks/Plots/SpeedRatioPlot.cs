using System.Globalization;
using Compressor.Benchmarks.Corpus;

namespace Compressor.Benchmarks.Plots;

/// <summary>Compression ratio of the whole corpus against speed, both axes logarithmic: compressing left, decompressing right.</summary>
internal static class SpeedRatioPlot
{
    private const int Width = 960, Height = 440, Top = 60, Bottom = 380, Left = 60, PanelWidth = 400, Gap = 60;

    public static string Draw(CorpusResult result)
    {
        var svg = new SvgDocument(Width, Height);
        svg.Text(Left, 28, "Ratio against speed, whole corpus (model not charged)", style: "title");
        Panel(svg, result, Left, "compress, MB/s", m => m.Compress.Seconds);
        Panel(svg, result, Left + PanelWidth + Gap, "decompress, MB/s", m => m.Decompress.Seconds);
        return svg.ToString();
    }

    private static void Panel(SvgDocument svg, CorpusResult result, double left, string label, Func<Measurement, double> seconds)
    {
        Measurement[] totals = [.. result.Contestants.Select(c => result.TotalOf(c.Name))];
        double Speed(Measurement m) => m.Raw / seconds(m) / 1e6;
        double Ratio(Measurement m) => (double)m.Raw / m.Compressed;
        var x = new LogAxis(totals.Select(Speed), left, left + PanelWidth);
        var y = new LogAxis(totals.Select(Ratio), Bottom, Top);
        foreach (var (value, text) in x.Ticks())
        {
            svg.Line(x.At(value), Top, x.At(value), Bottom);
            svg.Text(x.At(value), Bottom + 18, text, "middle", "small");
        }
        foreach (var (value, text) in y.Ticks())
        {
            svg.Line(left, y.At(value), left + PanelWidth, y.At(value));
            svg.Text(left - 6, y.At(value) + 4, text, "end", "small");
        }
        svg.Line(left, Bottom, left + PanelWidth, Bottom, "axis");
        svg.Line(left, Top, left, Bottom, "axis");
        svg.Text(left + PanelWidth / 2, Bottom + 40, label, "middle");
        svg.Text(left, Top - 10, "ratio", "middle", "small");
        var labels = new LabelPlacer(left, left + PanelWidth);
        for (var i = 0; i < totals.Length; i++) labels.Keep(x.At(Speed(totals[i])), y.At(Ratio(totals[i])));
        for (var i = 0; i < totals.Length; i++)
        {
            double px = x.At(Speed(totals[i])), py = y.At(Ratio(totals[i]));
            svg.Circle(px, py, 5, result.ColourOf(i), string.Create(CultureInfo.InvariantCulture,
                $"{totals[i].Codec}: ratio {Ratio(totals[i]):F2}, {Speed(totals[i]):G3} MB/s"));
            var (tx, ty, anchor) = labels.Place(px, py, totals[i].Codec);
            svg.Text(tx, ty, totals[i].Codec, anchor);
        }
    }
}

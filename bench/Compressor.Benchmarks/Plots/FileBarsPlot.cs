using System.Globalization;
using Compressor.Benchmarks.Corpus;

namespace Compressor.Benchmarks.Plots;

/// <summary>Bits per byte of every file, a bar for each codec.</summary>
internal static class FileBarsPlot
{
    private const int Left = 190, BarHeight = 7, FileGap = 10, Scale = 640, LegendColumns = 8, LegendColumn = 100, LegendRow = 18;

    public static string Draw(CorpusResult result)
    {
        string[] files = [.. result.Files];
        int codecs = result.Contestants.Count, fileHeight = codecs * BarHeight + FileGap;
        var top = 54 + LegendRow * ((codecs + LegendColumns - 1) / LegendColumns);
        var max = Math.Ceiling(result.Measurements.Max(m => m.BitsPerByte));
        var bottom = top + files.Length * fileHeight;
        var svg = new SvgDocument(Left + Scale + 60, bottom + 40);
        svg.Text(16, 26, "Bits per byte, file by file (less is better)", style: "title");
        for (var c = 0; c < codecs; c++)
        {
            int x = 16 + c % LegendColumns * LegendColumn, y = 40 + c / LegendColumns * LegendRow;
            svg.Bar(x, y, 10, 10, result.ColourOf(c), result.Contestants[c].Name);
            svg.Text(x + 14, y + 9, result.Contestants[c].Name, style: "small");
        }
        for (var tick = 0; tick <= max; tick++)
        {
            var x = Left + tick / max * Scale;
            svg.Line(x, top - 6, x, bottom);
            svg.Text(x, bottom + 16, tick.ToString(CultureInfo.InvariantCulture), "middle", "small");
        }
        for (var f = 0; f < files.Length; f++)
        {
            double y = top + f * fileHeight;
            svg.Text(Left - 8, y + (codecs * BarHeight + 8) / 2.0, files[f], "end");
            for (var c = 0; c < codecs; c++)
            {
                var m = result.Of(files[f], result.Contestants[c].Name);
                svg.Bar(Left, y + c * BarHeight, m.BitsPerByte / max * Scale, BarHeight - 1, result.ColourOf(c),
                    string.Create(CultureInfo.InvariantCulture, $"{m.File}, {m.Codec}: {m.BitsPerByte:F3} bits/byte, {m.Compressed} bytes"));
            }
        }
        svg.Line(Left, top - 6, Left, bottom, "axis");
        return svg.ToString();
    }
}

using System.Globalization;
using System.Text;

namespace Compressor.Training.Export;

/// <summary>The course of a run as a picture: bits per byte over steps, of the training text as it came and of held-out text.</summary>
internal static class LossChart
{
    private const int Width = 720, Height = 360, Left = 56, Right = 16, Top = 16, Bottom = 40;

    /// <summary>The first reports tower above the rest: the axis ends at this multiple of the lowest value.</summary>
    private const double Ceiling = 1.6;

    private const int GridLines = 5;

    /// <summary>Writes an SVG document; a log without entries gives an empty frame.</summary>
    public static void Save(LossLog log, Stream stream)
    {
        var training = Smooth([.. log.Entries.Where(e => e.Validation is null).Select(e => ((double)e.Step, e.BitsPerByte))]);
        (double Step, double Bits)[] heldOut = [.. log.Entries.Where(e => e.Validation is not null).Select(e => ((double)e.Step, e.Validation!.Value))];
        double[] values = [.. training.Concat(heldOut).Select(p => p.Bits)];
        double low = values.DefaultIfEmpty(1).Min() * 0.97, high = Math.Max(low * 1.01, Math.Min(values.DefaultIfEmpty(1).Max(), low * Ceiling));
        var last = Math.Max(1, training.Concat(heldOut).Select(p => p.Step).DefaultIfEmpty(1).Max());

        var svg = new StringBuilder();
        Line(svg, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" font-family=\"sans-serif\" font-size=\"12\">");
        Line(svg, $"<rect width=\"{Width}\" height=\"{Height}\" fill=\"white\"/>");
        for (var i = 0; i <= GridLines; i++)
        {
            double part = (double)i / GridLines, bits = low + part * (high - low), step = part * last;
            Line(svg, $"<path d=\"M{Left} {Y(bits):F1}H{Width - Right}\" stroke=\"#ddd\"/>");
            Line(svg, $"<text x=\"{Left - 6}\" y=\"{Y(bits) + 4:F1}\" text-anchor=\"end\">{bits:F2}</text>");
            // The last one ends at the frame: centred it would be cut off by the picture's edge.
            Line(svg, $"<text x=\"{X(step):F1}\" y=\"{Height - Bottom + 16}\" text-anchor=\"{(i == GridLines ? "end" : "middle")}\">{step:F0}</text>");
        }

        Line(svg, $"<path d=\"{Path(training)}\" fill=\"none\" stroke=\"#4477aa\" stroke-width=\"1.5\"/>");
        Line(svg, $"<path d=\"{Path(heldOut)}\" fill=\"none\" stroke=\"#cc6644\" stroke-width=\"1.5\"/>");
        foreach (var (step, bits) in heldOut)
            Line(svg, $"<circle cx=\"{X(step):F1}\" cy=\"{Y(bits):F1}\" r=\"2.5\" fill=\"#cc6644\"/>");
        Line(svg, $"<text x=\"{Width - Right}\" y=\"{Top + 12}\" text-anchor=\"end\" fill=\"#4477aa\">training text, bits/byte</text>");
        Line(svg, $"<text x=\"{Width - Right}\" y=\"{Top + 28}\" text-anchor=\"end\" fill=\"#cc6644\">held-out text, bits/byte</text>");
        Line(svg, $"<text x=\"{Width - Right}\" y=\"{Height - 8}\" text-anchor=\"end\">steps</text>");
        Line(svg, $"</svg>");
        stream.Write(Encoding.UTF8.GetBytes(svg.ToString()));

        double X(double step) => Left + step / last * (Width - Left - Right);
        double Y(double bits) => Top + (high - Math.Min(bits, high)) / (high - low) * (Height - Top - Bottom);
        string Path((double Step, double Bits)[] points) =>
            string.Concat(points.Select((p, i) => string.Create(CultureInfo.InvariantCulture, $"{(i == 0 ? 'M' : 'L')}{X(p.Step):F1} {Y(p.Bits):F1}")));
    }

    /// <summary>Means of consecutive reports, at most two hundred of them.</summary>
    private static (double Step, double Bits)[] Smooth((double Step, double Bits)[] points) =>
        [.. points.Chunk(Math.Max(1, (points.Length + 199) / 200)).Select(c => (c.Average(p => p.Step), c.Average(p => p.Bits)))];

    private static void Line(StringBuilder svg, FormattableString text) =>
        svg.Append(text.ToString(CultureInfo.InvariantCulture)).Append('\n');
}

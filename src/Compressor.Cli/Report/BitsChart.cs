using System.Globalization;
using System.Text;

namespace Compressor.Cli.Report;

/// <summary>Bits per byte along the content as an SVG picture: what was written, and what the transformer alone would have written.</summary>
internal static class BitsChart
{
    private const int Width = 960, Height = 260, Left = 36, Right = 950, Top = 10, Bottom = 232;

    /// <summary>At most so many points: each is the mean over an equal share of the content.</summary>
    private const int Points = 240;

    /// <summary>A stretch of content and what it cost.</summary>
    public readonly record struct Piece(double Length, double Bits, double? ModelBits);

    public static string Draw(IEnumerable<Piece> pieces, long contentLength)
    {
        var points = Average(pieces, contentLength);
        var max = Math.Max(1, Math.Ceiling(points.Max(p => Math.Max(p.Written ?? 0, Math.Min(p.Alone ?? 0, 10)))));
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"bits per byte along the file\">\n");
        for (var tick = 0; tick <= max; tick++)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"grid\" x1=\"{Left}\" x2=\"{Right}\" y1=\"{Y(tick):0.#}\" y2=\"{Y(tick):0.#}\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left - 6}\" y=\"{Y(tick) + 4:0.#}\" text-anchor=\"end\">{tick}</text>\n");
        }
        for (var tick = 0; tick <= 4; tick++)
        {
            var x = Left + tick / 4.0 * (Right - Left);
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{x:0.#}\" y=\"{Bottom + 18}\" text-anchor=\"{(tick == 4 ? "end" : "middle")}\">{contentLength * tick / 4}</text>\n");
        }
        Line("two", p => p.Alone);
        Line("one", p => p.Written);
        return svg.Append("</svg>").ToString();

        double Y(double bits) => Bottom - Math.Min(bits, max) / max * (Bottom - Top);

        void Line(string style, Func<(double? Written, double? Alone), double?> value)
        {
            var path = new StringBuilder();
            var open = false;
            for (var i = 0; i < points.Length; i++)
            {
                if (value(points[i]) is { } bits)
                    path.Append(CultureInfo.InvariantCulture, $"{(open ? 'L' : 'M')}{Left + (i + 0.5) / points.Length * (Right - Left):0.#} {Y(bits):0.#}");
                open = value(points[i]) is not null;
            }
            if (path.Length > 0) svg.Append(CultureInfo.InvariantCulture, $"<path class=\"{style}\" d=\"{path}\"/>\n");
        }
    }

    /// <summary>Spreads each piece over the points that it covers.</summary>
    private static (double? Written, double? Alone)[] Average(IEnumerable<Piece> pieces, long contentLength)
    {
        var count = (int)Math.Clamp(contentLength / 16, 1, Points);
        var width = (double)contentLength / count;
        double[] bytes = new double[count], bits = new double[count], alone = new double[count], aloneBytes = new double[count];
        double position = 0;
        foreach (var piece in pieces)
        {
            var end = position + piece.Length;
            for (var i = (int)(position / width); i < count && i * width < end; i++)
            {
                var share = Math.Min(end, (i + 1) * width) - Math.Max(position, i * width);
                bytes[i] += share;
                bits[i] += piece.Bits * share / piece.Length;
                if (piece.ModelBits is not { } model) continue;
                aloneBytes[i] += share;
                alone[i] += model * share / piece.Length;
            }
            position = end;
        }
        return [.. Enumerable.Range(0, count).Select(i => (Ratio(bits[i], bytes[i]), Ratio(alone[i], aloneBytes[i])))];
    }

    private static double? Ratio(double bits, double bytes) => bytes > 0 ? bits / bytes : null;
}

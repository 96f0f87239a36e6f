using System.Globalization;
using System.Security;
using System.Text;

namespace Compressor.Benchmarks.Plots;

/// <summary>An SVG picture that reads well on light and dark pages. Coordinates are in pixels from the top left.</summary>
internal sealed class SvgDocument(int width, int height)
{
    /// <summary>Colours that can be told apart; the first five are Okabe and Ito's (2008), for any colour vision.</summary>
    private static readonly string[] Colours =
        ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#8C564B", "#8A8A8A", "#B5A900", "#7B4FB5", "#3F7F5F", "#2F4B7C", "#C9A27E"];

    private readonly StringBuilder _body = new();

    /// <summary>Kept for what a picture is about.</summary>
    public const string Highlight = "#D62728";

    /// <summary>The colour of the n-th thing shown.</summary>
    public static string Colour(int index) => Colours[index % Colours.Length];

    public void Line(double x1, double y1, double x2, double y2, string style = "grid") =>
        Add($"<line class=\"{style}\" x1=\"{Round(x1)}\" y1=\"{Round(y1)}\" x2=\"{Round(x2)}\" y2=\"{Round(y2)}\"/>");

    /// <summary>Straight lines from point to point.</summary>
    public void Curve(IEnumerable<(double X, double Y)> points, string colour, bool dashed = false) =>
        Add($"<polyline fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.8\"{(dashed ? " stroke-dasharray=\"5 4\"" : "")} "
            + $"points=\"{string.Join(' ', points.Select(p => $"{Round(p.X)},{Round(p.Y)}"))}\"/>");

    public void Circle(double x, double y, double radius, string colour, string tip) =>
        Add($"<circle cx=\"{Round(x)}\" cy=\"{Round(y)}\" r=\"{Round(radius)}\" fill=\"{colour}\"><title>{SecurityElement.Escape(tip)}</title></circle>");

    public void Bar(double x, double y, double w, double h, string colour, string tip) =>
        Add($"<rect x=\"{Round(x)}\" y=\"{Round(y)}\" width=\"{Round(w)}\" height=\"{Round(h)}\" fill=\"{colour}\"><title>{SecurityElement.Escape(tip)}</title></rect>");

    /// <summary>Text whose start, middle or end (the anchor) is at x.</summary>
    public void Text(double x, double y, string text, string anchor = "start", string style = "label") =>
        Add($"<text class=\"{style}\" x=\"{Round(x)}\" y=\"{Round(y)}\" text-anchor=\"{anchor}\">{SecurityElement.Escape(text)}</text>");

    public override string ToString() => $$"""
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {{width}} {{height}}" width="{{width}}" height="{{height}}" font-family="system-ui, sans-serif">
        <style>
        .back { fill: #fff } .label { fill: #222; font-size: 12px } .small { fill: #555; font-size: 10px } .title { fill: #111; font-size: 15px; font-weight: 600 }
        .grid { stroke: #ddd; stroke-width: 1 } .axis { stroke: #888; stroke-width: 1 }
        @media (prefers-color-scheme: dark) {
        .back { fill: #16181d } .label { fill: #ddd } .small { fill: #aaa } .title { fill: #eee } .grid { stroke: #333 } .axis { stroke: #777 }
        }
        </style>
        <rect class="back" width="{{width}}" height="{{height}}"/>

        """.ReplaceLineEndings("\n") + _body + "</svg>\n";

    private void Add(string element) => _body.Append(element).Append('\n');

    private static string Round(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}

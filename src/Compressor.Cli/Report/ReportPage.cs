using System.Globalization;
using System.Net;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using Compressor.Cli.Commands;

namespace Compressor.Cli.Report;

/// <summary>A report as one HTML page that needs nothing else: style, script, pictures and data are inside.</summary>
internal static partial class ReportPage
{
    private const string Template = "Compressor.Cli.Report.page.html";

    public static string Write(ReportData data)
    {
        var map = new HeatMap(data.Blocks);
        var values = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["title"] = Escape(data.FileName),
            ["subtitle"] = Escape(string.Create(CultureInfo.InvariantCulture, $"{data.ContentLength} bytes of content, model {data.ModelName}")),
            ["cards"] = Cards(data),
            ["ledger"] = Ledger(data),
            ["others"] = Others(data),
            ["othersNote"] = Escape(data.OthersNote),
            ["blocks"] = string.Concat(Blocks(data)),
            ["chart"] = Chart(data),
            ["heatNote"] = Escape(map.Note(data.ContentLength)),
            ["data"] = map.ToJson(),
        };
        // In one pass: what a value brings along is text, whatever it looks like.
        return Placeholder().Replace(ReadTemplate(), match => values[match.Groups[1].Value]);
    }

    [GeneratedRegex(@"\{\{(\w+)\}\}")]
    private static partial Regex Placeholder();

    private static string ReadTemplate()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(Template)
            ?? throw new InvalidOperationException($"the resource {Template} is missing");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static string Cards(ReportData data)
    {
        double ideal = data.Blocks.Sum(block => block.IdealBits), coded = 8.0 * data.Blocks.Where(block => block.Tokens.Count > 0).Sum(block => (long)block.PayloadLength);
        var cards = new StringBuilder();
        Card(Number(data.CompressedLength), "bytes compressed");
        Card(Fixed(data.BitsPerByte, 3), "bits per byte");
        Card(data.CompressedLength == 0 ? "–" : Fixed((double)data.ContentLength / data.CompressedLength, 2), "times smaller");
        if (ideal > 0) Card(Fixed(100 * (coded / ideal - 1), 4) + " %", "coder over −log₂ P");
        return cards.ToString();

        void Card(string figure, string label) => cards.Append(CultureInfo.InvariantCulture, $"<div class=\"card\"><b>{figure}</b><span>{Escape(label)}</span></div>");
    }

    private static string Ledger(ReportData data)
    {
        var idealBytes = (long)Math.Ceiling(data.Blocks.Sum(block => block.IdealBits) / 8);
        long coded = data.Blocks.Where(block => block.Tokens.Count > 0).Sum(block => (long)block.PayloadLength), other = data.PayloadBytes - coded;
        var rows = new StringBuilder();
        Row("−log₂ P(D)", idealBytes, "the surprise of every token, summed: what a perfect coder would write");
        Row("arithmetic coder", coded - idealBytes, "what the real one writes beyond that; the end of a message may save it a byte");
        if (other > 0) Row("other payload", other, "blocks without tokens: stored, or Brotli");
        Row("frame", data.CompressedLength - data.PayloadBytes, "headers, line-end lists, checks");
        Row("the file", data.CompressedLength, "what is sent", "sum");
        Row("model, |f|", data.ModelBytes, $"{data.ModelName}: weights, tokenizer, configuration");
        Row("program", data.ProgramBytes, "the tool that decompresses, without the .NET runtime");
        Row("everything", data.CompressedLength + data.ModelBytes + data.ProgramBytes, "for a receiver that has nothing yet and gets this one file", "sum");
        return rows.ToString();

        void Row(string part, long bytes, string what, string style = "") => rows.Append(CultureInfo.InvariantCulture,
            $"<tr class=\"{style}\"><td>{Escape(part)}</td><td class=\"n\">{bytes}</td><td class=\"why\">{Escape(what)}</td></tr>\n");
    }

    private static string Others(ReportData data)
    {
        (string Name, long Bytes, string Style)[] all =
        [
            ("lmz", data.CompressedLength, "own"),
            .. data.Others.Select(other => (other.Name, other.Bytes, "")),
        ];
        var max = Math.Max(1, all.Max(one => one.Bytes));
        return string.Concat(all.OrderBy(one => one.Bytes).Select(one => string.Create(CultureInfo.InvariantCulture,
            $"<tr><td>{Escape(one.Name)}</td><td class=\"n\">{one.Bytes}</td><td class=\"n\">{Rate(one.Bytes, data.ContentLength)}</td><td><div class=\"bar {one.Style}\" style=\"width:{100.0 * one.Bytes / max:F1}%\"></div></td></tr>\n")));
    }

    private static IEnumerable<string> Blocks(ReportData data)
    {
        long at = 0;
        foreach (var block in data.Blocks)
        {
            var length = block.Info.ContentLength;
            string ideal = block.Tokens.Count > 0 ? Fixed(block.IdealBits / length, 3) : "", alone = block.ModelBits is { } bits ? Fixed(bits / length, 3) : "";
            yield return string.Create(CultureInfo.InvariantCulture,
                $"<tr><td class=\"n\">{at}</td><td class=\"n\">{length}</td><td>{Escape(FileSummary.Describe(block.Info.Type))}</td><td class=\"n\">{block.Info.CompressedLength}</td>"
                + $"<td class=\"n\">{Rate(block.Info.CompressedLength, length)}</td><td class=\"n\">{ideal}</td><td class=\"n\">{alone}</td></tr>\n");
            at += length;
        }
    }

    private static string Chart(ReportData data)
    {
        if (data.ContentLength == 0) return "<p class=\"dim\">There is no content.</p>";
        var hasAlone = data.Blocks.Any(block => block.ModelBits is not null);
        return "<p><span class=\"key\" style=\"background:var(--one);margin-left:0\"></span>written"
            + (hasAlone ? "<span class=\"key\" style=\"background:var(--two)\"></span>by the transformer alone" : "")
            + " <span class=\"dim\">bits per byte, by position in the content</span></p>\n"
            + BitsChart.Draw(data.Blocks.SelectMany(Pieces), data.ContentLength);
    }

    /// <summary>Tokens where there are any; else the block as one piece.</summary>
    private static IEnumerable<BitsChart.Piece> Pieces(LmzBlockAnalysis block)
    {
        if (block.Tokens.Count == 0)
            return [new BitsChart.Piece(block.Info.ContentLength, 8.0 * block.Info.CompressedLength, null)];
        // A filter may have made the text shorter than the content.
        var stretch = block.Info.ContentLength / (double)block.Tokens.Sum(token => (long)token.Bytes.Length);
        return block.Tokens.Select(token => new BitsChart.Piece(token.Bytes.Length * stretch, token.Bits, token.ModelBits));
    }

    private static string Rate(long bytes, long content) => content == 0 ? "" : Fixed(8.0 * bytes / content, 3);

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Fixed(double value, int digits) => value.ToString($"F{digits}", CultureInfo.InvariantCulture);

    private static string Escape(string text) => WebUtility.HtmlEncode(text);
}

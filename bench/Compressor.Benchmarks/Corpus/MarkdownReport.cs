using System.Globalization;
using System.Text;

namespace Compressor.Benchmarks.Corpus;

/// <summary>The comparison as Markdown: bytes of every file, then speed, memory and the model's share in all.</summary>
internal static class MarkdownReport
{
    /// <summary>This project's contestants have names that start so.</summary>
    private const string Own = "lmz";

    /// <summary>The names of the parts.</summary>
    public static IReadOnlyList<string> SectionNames { get; } = ["files", "summary", "codecs", "machine"];

    /// <summary>The parts of the report by name, as a page can hold them between markers.</summary>
    public static IReadOnlyDictionary<string, string> Sections(CorpusResult result) => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["files"] = Files(result),
        ["summary"] = Summary(result),
        ["codecs"] = Codecs(result),
        ["machine"] = string.Concat(MachineDescription.Lines().Select(line => $"* {line.What}: {line.Value}\n")),
    };

    /// <summary>All of it as one text.</summary>
    public static string Write(CorpusResult result) => $"    {result.Command}\n\n{string.Join('\n', Sections(result).Values)}";

    private static string Files(CorpusResult result)
    {
        var text = new StringBuilder();
        var own = result.Contestants.Any(c => c.Name == Own);
        Line(text, "Every row was decompressed and compared with the file. Bytes; the smallest of a row in bold.");
        Line(text, "");
        Line(text, $"| file | raw |{Cells(result, c => $" {c.Name} ")}{(own ? $" {Own} bits/byte |" : "")}");
        Line(text, $"|---|---:|{Cells(result, _ => "---:")}{(own ? "---:|" : "")}");
        foreach (var file in result.Files)
        {
            Measurement[] row = [.. result.Contestants.Select(c => result.Of(file, c.Name))];
            var min = row.Min(m => m.Compressed);
            Line(text, $"| {file} | {Number(row[0].Raw)} |{string.Concat(row.Select(m => m.Compressed == min ? $" **{Number(m.Compressed)}** |" : $" {Number(m.Compressed)} |"))}"
                + (own ? $" {Fixed(result.Of(file, Own).BitsPerByte, 3)} |" : ""));
        }
        Measurement[] totals = [.. result.Contestants.Select(c => result.TotalOf(c.Name))];
        Line(text, $"| **total**, models not charged | {Number(totals[0].Raw)} |{string.Concat(totals.Select(m => $" {Number(m.Compressed)} |"))}"
            + (own ? $" {Fixed(result.TotalOf(Own).BitsPerByte, 3)} |" : ""));
        if (result.Contestants.Any(c => c.ModelBytes > 0))
        {
            long[] charged = [.. result.Contestants.Zip(totals, (c, m) => m.Compressed + c.ModelBytes)];
            Line(text, $"| **total**, models charged | {Number(totals[0].Raw)} |{string.Concat(charged.Select(n => $" {Number(n)} |"))}"
                + (own ? $" {Fixed(8.0 * charged[Index(result, Own)] / totals[0].Raw, 3)} |" : ""));
        }
        return text.ToString();
    }

    /// <summary>A sentence about each contestant of this project: on how many files it is the smallest, and how far from the best of the others.</summary>
    private static string Summary(CorpusResult result)
    {
        var text = new StringBuilder();
        string[] files = [.. result.Files];
        foreach (var own in result.Contestants.Where(c => c.Name.StartsWith(Own, StringComparison.Ordinal)))
        {
            Contestant[] others = [.. result.Contestants.Where(c => !c.Name.StartsWith(Own, StringComparison.Ordinal))];
            if (others.Length == 0) continue;
            var won = files.Count(file => others.All(o => result.Of(file, own.Name).Compressed < result.Of(file, o.Name).Compressed));
            var best = others.Select(o => result.TotalOf(o.Name)).MinBy(m => m.Compressed)!;
            var difference = 100.0 * result.TotalOf(own.Name).Compressed / best.Compressed - 100;
            Line(text, $"* {own.Name}: smaller than all others on {won} of {files.Length} files, in total {Fixed(Math.Abs(difference), 1)} % {(difference <= 0 ? "below" : "above")} {best.Codec}"
                + (own.ModelBytes == 0 ? "." : $", with the model ({Number(own.ModelBytes)} bytes) not charged."));
        }
        return text.ToString();
    }

    private static string Codecs(CorpusResult result)
    {
        var text = new StringBuilder();
        Line(text, "| codec | bits/byte | bytes | model | bytes with the model | compress MB/s | decompress MB/s | memory MB (c / d) | what ran |");
        Line(text, "|---|---:|---:|---:|---:|---:|---:|---:|---|");
        foreach (var contestant in result.Contestants)
        {
            var total = result.TotalOf(contestant.Name);
            Line(text, $"| {contestant.Name} | {Fixed(total.BitsPerByte, 3)} | {Number(total.Compressed)} | {Number(contestant.ModelBytes)} "
                + $"| {Number(total.Compressed + contestant.ModelBytes)} | {Speed(total.Raw, total.Compress)} | {Speed(total.Raw, total.Decompress)} "
                + $"| {Megabytes(total.Compress)} / {Megabytes(total.Decompress)} | {contestant.Version.Replace("|", "\\|", StringComparison.Ordinal)} |");
        }
        Line(text, "");
        Line(text, "Libraries are timed within the process, loading the model included; programs with their start. Memory is the largest resident set of the");
        Line(text, "whole process, for libraries with the runtime and the two buffers.");
        return text.ToString();
    }

    private static int Index(CorpusResult result, string name) => result.Contestants.Select(c => c.Name).ToList().IndexOf(name);

    private static void Line(StringBuilder text, string line) => text.Append(line).Append('\n');

    private static string Cells(CorpusResult result, Func<Contestant, string> cell) => string.Concat(result.Contestants.Select(c => cell(c) + "|"));

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Fixed(double value, int digits) => value.ToString($"F{digits}", CultureInfo.InvariantCulture);

    /// <summary>Three significant figures.</summary>
    private static string Speed(long bytes, Cost cost)
    {
        var speed = bytes / cost.Seconds / 1e6;
        return Fixed(speed, Math.Clamp(2 - (int)Math.Floor(Math.Log10(speed)), 0, 6));
    }

    private static string Megabytes(Cost cost) => cost.PeakBytes == 0 ? "?" : Fixed(cost.PeakBytes / 1e6, 0);
}

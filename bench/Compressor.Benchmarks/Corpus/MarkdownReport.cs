using System.Globalization;
using System.Text;

namespace Compressor.Benchmarks.Corpus;

/// <summary>The comparison as Markdown: bytes of every file, then speed, memory and the model's share in all.</summary>
internal static class MarkdownReport
{
    public static string Write(CorpusResult result)
    {
        var text = new StringBuilder();
        Line(text, $"    {result.Command}");
        Line(text, "");
        Line(text, "Every row was decompressed and compared with the file. Bytes; the smallest of a row in bold.");
        Line(text, "");
        Line(text, $"| file | raw |{Cells(result, c => $" {c.Name} ")}");
        Line(text, $"|---|---:|{Cells(result, _ => "---:")}");
        foreach (string file in result.Files)
        {
            Measurement[] row = [.. result.Contestants.Select(c => result.Of(file, c.Name))];
            long least = row.Min(m => m.Compressed);
            Line(text, $"| {file} | {Number(row[0].Raw)} |{string.Concat(row.Select(m => m.Compressed == least ? $" **{Number(m.Compressed)}** |" : $" {Number(m.Compressed)} |"))}");
        }
        Measurement[] totals = [.. result.Contestants.Select(c => result.TotalOf(c.Name))];
        Line(text, $"| **total** | {Number(totals[0].Raw)} |{string.Concat(totals.Select(m => $" {Number(m.Compressed)} |"))}");
        Line(text, "");
        Line(text, "| codec | bits/byte | bytes | model | bytes with the model | compress MB/s | decompress MB/s | memory MB (c / d) | what ran |");
        Line(text, "|---|---:|---:|---:|---:|---:|---:|---:|---|");
        foreach ((Contestant contestant, Measurement total) in result.Contestants.Zip(totals))
        {
            Line(text, $"| {contestant.Name} | {Fixed(total.BitsPerByte, 3)} | {Number(total.Compressed)} | {Number(contestant.ModelBytes)} "
                + $"| {Number(total.Compressed + contestant.ModelBytes)} | {Speed(total.Raw, total.Compress)} | {Speed(total.Raw, total.Decompress)} "
                + $"| {Megabytes(total.Compress)} / {Megabytes(total.Decompress)} | {contestant.Version.Replace("|", "\\|", StringComparison.Ordinal)} |");
        }
        Line(text, "");
        Line(text, "Libraries are timed within the process, loading the model included; programs with their start. Memory is the largest resident set of the");
        Line(text, "whole process, for libraries with the runtime and the two buffers.");
        Line(text, "");
        foreach ((string what, string value) in MachineDescription.Lines()) Line(text, $"* {what}: {value}");
        return text.ToString();
    }

    private static void Line(StringBuilder text, string line) => text.Append(line).Append('\n');

    private static string Cells(CorpusResult result, Func<Contestant, string> cell) => string.Concat(result.Contestants.Select(c => cell(c) + "|"));

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Fixed(double value, int digits) => value.ToString($"F{digits}", CultureInfo.InvariantCulture);

    /// <summary>Three significant figures.</summary>
    private static string Speed(long bytes, Cost cost)
    {
        double speed = bytes / cost.Seconds / 1e6;
        return Fixed(speed, Math.Clamp(2 - (int)Math.Floor(Math.Log10(speed)), 0, 6));
    }

    private static string Megabytes(Cost cost) => cost.PeakBytes == 0 ? "?" : Fixed(cost.PeakBytes / 1e6, 0);
}

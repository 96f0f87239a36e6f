using Compressor.Benchmarks.Pages;
using Compressor.Benchmarks.Plots;
using static Compressor.Benchmarks.Claim.ClaimReport;

namespace Compressor.Benchmarks.Claim;

/// <summary>Compression is generalisation: over all models and moments of the ladder, who compresses new text better also guesses its words better.</summary>
internal static class GeneralisationExperiment
{
    public const string Name = "generalisation";

    public static void Run(ClaimOptions options)
    {
        var rungs = LadderFiles.Load(options.PageFolder);
        (double Bits, double Accuracy)[] all = [.. rungs.SelectMany(r => r.Points).Select(Pair)];
        (double Bits, double Accuracy)[] finished = [.. rungs.Select(r => Pair(r.Points[^1]))];
        var report = new ClaimReport(options);
        report.Values("generalisation.csv", "rung,step,held_out_bits_per_byte,percent_of_tokens_guessed", rungs.SelectMany(r => r.Points.Select(p =>
            $"{r.Name},{p.State.Step},{Fixed(p.HeldOutBits, 5)},{Fixed(100 * p.Accuracy, 3)}")));
        report.Picture("generalisation.svg",
            new XyPlot("Guessing the next token against compressing, held-out text", "bits per byte", "tokens guessed right, %"),
            [.. rungs.Select((r, i) => new PlotSeries($"{r.Name}: {Grouped(r.Multiplied)}", [.. r.Points.Select(Pair)], SvgDocument.Colour(i)))]);
        var table = new MarkdownTable("moments", "points", "Pearson's r", "Spearman's ρ");
        Add("all models, all moments", all);
        Add("the finished models", finished);
        foreach (var rung in rungs) Add($"{rung.Name}, all its moments", [.. rung.Points.Select(Pair)]);
        report.Section("correlation", table);
        report.Publish(Name, $"Over {all.Length} moments of {rungs.Count} models, bits/byte and the share of next tokens guessed right correlate with "
            + $"r = **{Signed(Correlation.Pearson(all))}**; over the finished models r = **{Signed(Correlation.Pearson(finished))}**.");

        void Add(string what, (double, double)[] points) =>
            table.Add(what, Fixed(points.Length), Signed(Correlation.Pearson(points)), Signed(Correlation.Spearman(points)));
    }

    private static (double Bits, double Accuracy) Pair(PassPoint p) => (p.HeldOutBits, 100 * p.Accuracy);

    private static string Signed(double value) => Fixed(value, 4).Replace('-', '−');
}

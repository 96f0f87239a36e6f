using System.Globalization;
using Compressor.Benchmarks.Pages;
using Compressor.Benchmarks.Plots;

namespace Compressor.Benchmarks.Claim;

/// <summary>
/// The area under the loss curve is a code: a receiver who trains the same model on what it has decoded so far needs no weights. Beside it the
/// code in two parts, the weights first and then the text. Both from the passes of the ladder.
/// </summary>
internal static class AreaExperiment
{
    public const string Name = "area";

    /// <summary>Where a document ends is not predicted: its length is sent.</summary>
    private const int BytesPerDocument = 4;

    private static readonly string[] Shown = ["w64", "w96", "w256"];

    public static void Run(ClaimOptions options)
    {
        List<LadderFiles.Rung> rungs = LadderFiles.Load(options.PageFolder);
        (long trainerSource, long trainer) = ProgramSize.Of(ProgramSize.Trainer);
        (long decoderSource, long decoder) = ProgramSize.Of(ProgramSize.Decoder);
        var report = new ClaimReport(options);
        report.Values("area.csv", "rung,step,text_bytes,prequential_bytes,two_part_bytes", rungs.SelectMany(r => r.Points.Select(p => string.Create(CultureInfo.InvariantCulture,
            $"{r.Name},{p.State.Step},{p.State.Bytes},{Prequential(r, p.State, trainer).Total},{TwoPart(r, p, decoder).Total}"))));
        Pictures(report, rungs, trainer, decoder);
        report.Section("program", Program(trainerSource, trainer, decoderSource, decoder));
        report.Section("codes", Codes(rungs, trainer, decoder));
        report.Section("llama", Passes(rungs[^1], trainer));
        LadderFiles.Rung largest = rungs[^1];
        report.Publish(Name, $"{ClaimReport.Grouped(largest.Points[^1].State.Bytes)} bytes of text under the largest of these models: program and area under the loss curve "
            + $"**{ClaimReport.Grouped(Prequential(largest, largest.Points[^1].State, trainer).Total)} bytes**, weights and text {ClaimReport.Grouped(TwoPart(largest, largest.Points[^1], decoder).Total)}. "
            + $"The same arithmetic for LLaMA 65B: {ClaimReport.Text(TrainingPass.Llama65B.Ratio, 1)} times smaller than its data.");
    }

    /// <summary>Program, tokenizer and document lengths; then what each batch cost before the model learned from it.</summary>
    public static DescriptionLength Prequential(LadderFiles.Rung rung, PassState state, long program) =>
        new(program + rung.TokenizerBytes + BytesPerDocument * rung.Documents, (long)Math.Ceiling(state.Bits / 8));

    /// <summary>Program, weights, tokenizer and document lengths; then the text under these weights.</summary>
    public static DescriptionLength TwoPart(LadderFiles.Rung rung, PassPoint point, long program) =>
        new(program + point.ModelBytes + BytesPerDocument * rung.Documents, (long)Math.Ceiling(point.SeenBits * point.State.Bytes / 8));

    /// <summary>From how much text on the code in two parts is the smaller one to the end; null if it never is at the last point.</summary>
    public static double? Crossing(IReadOnlyList<(double Bytes, double Prequential, double TwoPart)> points)
    {
        if (points[^1].TwoPart >= points[^1].Prequential) return null;
        int first = points.Count - 1;
        while (first > 0 && points[first - 1].TwoPart < points[first - 1].Prequential) first--;
        if (first == 0) return points[0].Bytes;
        // The logarithm of their ratio, a straight line of the logarithm of the text, is 0 there.
        double Ratio(int i) => Math.Log(points[i].TwoPart / points[i].Prequential);
        double part = Ratio(first - 1) / (Ratio(first - 1) - Ratio(first));
        return points[first - 1].Bytes * Math.Pow(points[first].Bytes / points[first - 1].Bytes, part);
    }

    private static void Pictures(ClaimReport report, List<LadderFiles.Rung> rungs, long trainer, long decoder)
    {
        var codes = new List<PlotSeries>();
        var losses = new List<PlotSeries>();
        var ratios = new List<PlotSeries>();
        foreach ((LadderFiles.Rung rung, int i) in rungs.Select((r, i) => (r, i)))
        {
            var means = rung.Course.Zip(rung.Course.Skip(1), (a, b) => ((double)b.Bytes / 1e6, (b.Bits - a.Bits) / (b.Bytes - a.Bytes)));
            // Means of fifty steps: the curve itself, not its noise.
            losses.Add(new PlotSeries(rung.Name, [.. means.Chunk(5).Where(c => c.Length == 5).Select(c => (c.Average(p => p.Item1), c.Average(p => p.Item2)))], SvgDocument.Colour(i)) { Marks = false });
            ratios.Add(new PlotSeries($"{rung.Name}: {ClaimReport.Grouped(rung.Multiplied)}", [.. rung.Points.Select(p =>
                ((double)p.State.Bytes, (double)TwoPart(rung, p, decoder).Total / Prequential(rung, p.State, trainer).Total))], SvgDocument.Colour(i)));
            if (!Shown.Contains(rung.Name)) continue;
            codes.Add(new PlotSeries($"{rung.Name}: program and area", [.. rung.Points.Select(p => ((double)p.State.Bytes, (double)Prequential(rung, p.State, trainer).Total / p.State.Bytes))], SvgDocument.Colour(i)));
            codes.Add(new PlotSeries($"{rung.Name}: weights and text", [.. rung.Points.Select(p => ((double)p.State.Bytes, (double)TwoPart(rung, p, decoder).Total / p.State.Bytes))], SvgDocument.Colour(i)) { Dashed = true });
        }

        double[] ends = [.. rungs.SelectMany(r => new[] { (double)r.Points[0].State.Bytes, r.Points[^1].State.Bytes })];
        codes.Add(new PlotSeries("the text as it is", [(ends.Min(), 1), (ends.Max(), 1)], SvgDocument.Colour(6)) { Marks = false });
        ratios.Add(new PlotSeries("both the same", [(ends.Min(), 1), (ends.Max(), 1)], SvgDocument.Colour(6)) { Marks = false });
        report.Picture("area-ratio.svg", new XyPlot("Where the two codes cross", "bytes of text", "weights and text, as a multiple of program and area") { LogX = true, LogY = true }, ratios);
        report.Picture("area-loss.svg", new XyPlot("What each batch cost before the model had learned from it", "text so far, MB", "bits per byte"), losses);
        report.Picture("area.svg", new XyPlot("Two codes for the text so far", "bytes of text", "bytes of description for a byte of text") { LogX = true, LogY = true }, codes);
    }

    private static string Program(long trainerSource, long trainer, long decoderSource, long decoder)
    {
        var table = new MarkdownTable("program", "folders", "source", "compressed: |f|");
        table.Add("for the area: trains and predicts", Names(ProgramSize.Trainer), ClaimReport.Grouped(trainerSource), ClaimReport.Grouped(trainer));
        table.Add("for given weights: predicts", Names(ProgramSize.Decoder), ClaimReport.Grouped(decoderSource), ClaimReport.Grouped(decoder));
        return table.ToString();

        static string Names(IEnumerable<string> folders) => string.Join(", ", folders.Select(f => $"`{f}`"));
    }

    private static string Codes(List<LadderFiles.Rung> rungs, long trainer, long decoder)
    {
        var table = new MarkdownTable("rung", "program + tokenizer", "area", "together", "program + weights", "text under them", "together", "in two parts smaller");
        foreach (LadderFiles.Rung rung in rungs)
        {
            PassPoint last = rung.Points[^1];
            DescriptionLength area = Prequential(rung, last.State, trainer), parts = TwoPart(rung, last, decoder);
            double? crossing = Crossing([.. rung.Points.Select(p => ((double)p.State.Bytes, (double)Prequential(rung, p.State, trainer).Total, (double)TwoPart(rung, p, decoder).Total))]);
            table.Add(rung.Name, ClaimReport.Grouped(area.Knowledge), ClaimReport.Grouped(area.Data), Best(area, parts), ClaimReport.Grouped(parts.Knowledge), ClaimReport.Grouped(parts.Data), Best(parts, area),
                crossing is not { } bytes ? "never" : bytes <= rung.Points[0].State.Bytes ? "always" : $"from {ClaimReport.Text(bytes / 1e6, 2)} MB on");
        }

        return table.ToString();

        static string Best(DescriptionLength one, DescriptionLength other) =>
            one.Total <= other.Total ? $"**{ClaimReport.Grouped(one.Total)}**" : ClaimReport.Grouped(one.Total);
    }

    private static string Passes(LadderFiles.Rung rung, long trainer)
    {
        PassState end = rung.Points[^1].State;
        TrainingPass llama = TrainingPass.Llama65B;
        TrainingPass ours = TrainingPass.OfArea(end.Tokens, end.Bytes, end.Bits / 8, Prequential(rung, end, trainer).Knowledge);
        var table = new MarkdownTable("", "LLaMA 65B", $"{rung.Name}, {ClaimReport.Grouped(rung.Multiplied)} parameters");
        table.Add("tokens, T", $"{Scientific(llama.Tokens)}", Scientific(ours.Tokens));
        table.Add("bytes a token, b", ClaimReport.Text(llama.BytesPerToken, 2), ClaimReport.Text(ours.BytesPerToken, 2));
        table.Add("data, T·b, bytes", Scientific(llama.DataBytes), Scientific(ours.DataBytes));
        table.Add("mean loss of the pass, L, nats a token", ClaimReport.Text(llama.MeanLoss, 3), ClaimReport.Text(ours.MeanLoss, 3));
        table.Add("area, T·L / ln 2 / 8, bytes", Scientific(llama.AreaBytes), Scientific(ours.AreaBytes));
        table.Add("program, |f|, bytes", Scientific(llama.ProgramBytes), Scientific(ours.ProgramBytes));
        table.Add("|f| + area, bytes", Scientific(llama.DescriptionBytes), Scientific(ours.DescriptionBytes));
        table.Add("data / (|f| + area)", $"**{ClaimReport.Text(llama.Ratio, 2)}**", $"**{ClaimReport.Text(ours.Ratio, 2)}**");
        table.Add("|f| of the sum", $"{ClaimReport.Text(100 * llama.ProgramBytes / llama.DescriptionBytes, 4)} %", $"{ClaimReport.Text(100 * ours.ProgramBytes / ours.DescriptionBytes, 1)} %");
        return table.ToString();
    }

    private static string Scientific(double value)
    {
        int power = (int)Math.Floor(Math.Log10(value));
        string[] digits = ["⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"];
        return $"{ClaimReport.Text(value / Math.Pow(10, power), 3)}·10{string.Concat(power.ToString(CultureInfo.InvariantCulture).Select(d => digits[d - '0']))}";
    }
}

using System.Globalization;
using Compressor.Benchmarks.Pages;
using Compressor.Benchmarks.Plots;
using static Compressor.Benchmarks.Claim.ClaimReport;

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

    /// <summary>A moment of a pass with both of its codes.</summary>
    private sealed record Moment(PassState State, DescriptionLength Area, DescriptionLength Parts);

    /// <summary>A pass with both codes at every moment.</summary>
    private sealed record Pass(LadderFiles.Rung Rung, IReadOnlyList<Moment> Moments)
    {
        public Moment Last => Moments[^1];

        /// <summary>A curve over the bytes of the text.</summary>
        public (double, double)[] Curve(Func<Moment, double> value) => [.. Moments.Select(m => ((double)m.State.Bytes, value(m)))];
    }

    public static void Run(ClaimOptions options)
    {
        var (trainerSource, trainer) = ProgramSize.Of(ProgramSize.Trainer);
        var (decoderSource, decoder) = ProgramSize.Of(ProgramSize.Decoder);
        List<Pass> passes = [.. LadderFiles.Load(options.PageFolder).Select(r =>
            new Pass(r, [.. r.Points.Select(p => new Moment(p.State, Prequential(r, p.State, trainer), TwoPart(r, p, decoder)))]))];
        var report = new ClaimReport(options);
        report.Values("area.csv", "rung,step,text_bytes,prequential_bytes,two_part_bytes", passes.SelectMany(p => p.Moments.Select(m =>
            string.Create(CultureInfo.InvariantCulture, $"{p.Rung.Name},{m.State.Step},{m.State.Bytes},{m.Area.Total},{m.Parts.Total}"))));
        DrawLosses(report, passes);
        DrawCodes(report, passes);
        report.Section("program", Program(trainerSource, trainer, decoderSource, decoder));
        report.Section("codes", Codes(passes));
        report.Section("llama", Arithmetic(passes[^1]));
        var largest = passes[^1].Last;
        report.Publish(Name, $"{Grouped(largest.State.Bytes)} bytes of text under the largest of these models: program and area under the loss curve "
            + $"**{Grouped(largest.Area.Total)} bytes**, weights and text {Grouped(largest.Parts.Total)}. "
            + $"The same arithmetic for LLaMA 65B: {Fixed(TrainingPass.Llama65B.Ratio, 1)} times smaller than its data.");
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
        var first = points.Count - 1;
        while (first > 0 && points[first - 1].TwoPart < points[first - 1].Prequential) first--;
        if (first == 0) return points[0].Bytes;
        // The logarithm of their ratio, a straight line of the logarithm of the text, is 0 there.
        double Ratio(int i) => Math.Log(points[i].TwoPart / points[i].Prequential);
        var part = Ratio(first - 1) / (Ratio(first - 1) - Ratio(first));
        return points[first - 1].Bytes * Math.Pow(points[first].Bytes / points[first - 1].Bytes, part);
    }

    private static void DrawLosses(ClaimReport report, List<Pass> passes) =>
        report.Picture("area-loss.svg", new XyPlot("What each batch cost before the model had learned from it", "text so far, MB", "bits per byte"),
            [.. passes.Select((p, i) => new PlotSeries(p.Rung.Name, Losses(p.Rung.Course), SvgDocument.Colour(i)) { Marks = false })]);

    /// <summary>Means of fifty steps: the curve itself, not its noise.</summary>
    private static (double, double)[] Losses(IReadOnlyList<PassState> course) =>
    [
        .. course.Zip(course.Skip(1), (a, b) => (Bytes: b.Bytes / 1e6, Loss: (b.Bits - a.Bits) / (b.Bytes - a.Bytes)))
            .Chunk(5).Where(chunk => chunk.Length == 5).Select(chunk => (chunk.Average(p => p.Bytes), chunk.Average(p => p.Loss))),
    ];

    private static void DrawCodes(ClaimReport report, List<Pass> passes)
    {
        var codes = new List<PlotSeries>();
        var ratios = new List<PlotSeries>();
        foreach (var (pass, i) in passes.Select((p, i) => (p, i)))
        {
            string colour = SvgDocument.Colour(i), name = pass.Rung.Name;
            ratios.Add(new PlotSeries($"{name}: {Grouped(pass.Rung.Multiplied)}", pass.Curve(m => (double)m.Parts.Total / m.Area.Total), colour));
            if (!Shown.Contains(name)) continue;
            codes.Add(new PlotSeries($"{name}: program and area", pass.Curve(m => (double)m.Area.Total / m.State.Bytes), colour));
            codes.Add(new PlotSeries($"{name}: weights and text", pass.Curve(m => (double)m.Parts.Total / m.State.Bytes), colour) { Dashed = true });
        }

        codes.Add(new PlotSeries("the text as it is", passes[0].Curve(_ => 1), SvgDocument.Colour(6)) { Marks = false });
        ratios.Add(new PlotSeries("both the same", passes[0].Curve(_ => 1), SvgDocument.Colour(6)) { Marks = false });
        report.Picture("area.svg", XyPlot.LogLog("Two codes for the text so far", "bytes of text", "bytes of description for a byte of text"), codes);
        report.Picture("area-ratio.svg", XyPlot.LogLog("Where the two codes cross", "bytes of text", "weights and text, as a multiple of program and area"), ratios);
    }

    private static string Program(long trainerSource, long trainer, long decoderSource, long decoder)
    {
        var table = new MarkdownTable("program", "folders", "source", "compressed: |f|");
        table.Add("for the area: trains and predicts", Names(ProgramSize.Trainer), Grouped(trainerSource), Grouped(trainer));
        table.Add("for given weights: predicts", Names(ProgramSize.Decoder), Grouped(decoderSource), Grouped(decoder));
        return table.ToString();

        static string Names(IEnumerable<string> folders) => string.Join(", ", folders.Select(f => $"`{f}`"));
    }

    private static string Codes(List<Pass> passes)
    {
        var table = new MarkdownTable(
            "rung", "program + tokenizer", "area", "together", "program + weights", "text under them", "together", "in two parts smaller");
        foreach (var pass in passes)
        {
            var (area, parts) = (pass.Last.Area, pass.Last.Parts);
            var crossing = Crossing([.. pass.Moments.Select(m => ((double)m.State.Bytes, (double)m.Area.Total, (double)m.Parts.Total))]);
            table.Add(pass.Rung.Name, Grouped(area.Knowledge), Grouped(area.Data), Best(area, parts),
                Grouped(parts.Knowledge), Grouped(parts.Data), Best(parts, area),
                crossing is not { } bytes ? "never" : bytes <= pass.Moments[0].State.Bytes ? "always" : $"from {Fixed(bytes / 1e6, 2)} MB on");
        }

        return table.ToString();

        static string Best(DescriptionLength one, DescriptionLength other) => one.Total <= other.Total ? $"**{Grouped(one.Total)}**" : Grouped(one.Total);
    }

    private static string Arithmetic(Pass pass)
    {
        var end = pass.Last.State;
        TrainingPass llama = TrainingPass.Llama65B, ours = TrainingPass.OfArea(end.Tokens, end.Bytes, end.Bits / 8, pass.Last.Area.Knowledge);
        var table = new MarkdownTable("", "LLaMA 65B", $"{pass.Rung.Name}, {Grouped(pass.Rung.Multiplied)} parameters");
        Add("tokens, T", p => Scientific(p.Tokens));
        Add("bytes a token, b", p => Fixed(p.BytesPerToken, 2));
        Add("data, T·b, bytes", p => Scientific(p.DataBytes));
        Add("mean loss of the pass, L, nats a token", p => Fixed(p.MeanLoss, 3));
        Add("area, T·L / ln 2 / 8, bytes", p => Scientific(p.AreaBytes));
        Add("program, |f|, bytes", p => Scientific(p.ProgramBytes));
        Add("|f| + area, bytes", p => Scientific(p.DescriptionBytes));
        Add("data / (|f| + area)", p => $"**{Fixed(p.Ratio, 2)}**");
        Add("|f| of the sum", p => $"{Fixed(100 * p.ProgramBytes / p.DescriptionBytes, 4)} %");
        return table.ToString();

        void Add(string what, Func<TrainingPass, string> value) => table.Add(what, value(llama), value(ours));
    }

    private static string Scientific(double value)
    {
        var power = (int)Math.Floor(Math.Log10(value));
        string[] digits = ["⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"];
        return $"{Fixed(value / Math.Pow(10, power), 3)}·10{string.Concat(power.ToString(CultureInfo.InvariantCulture).Select(d => digits[d - '0']))}";
    }
}

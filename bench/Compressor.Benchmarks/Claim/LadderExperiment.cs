using System.Globalization;
using System.Text.Json;
using Compressor.Benchmarks.Corpus;
using Compressor.Benchmarks.Pages;
using Compressor.Benchmarks.Plots;
using Compressor.Training;
using static Compressor.Benchmarks.Claim.ClaimReport;

namespace Compressor.Benchmarks.Claim;

/// <summary>
/// A larger model is a better compressor: models of growing size, each trained in one pass over the same text, none of it seen twice.
/// </summary>
internal static class LadderExperiment
{
    public const string Name = "ladder";

    private const long TextBytes = 6_000_000, HeldOutBytes = 1 << 17;

    /// <summary>Points of a course that the curve against tokens is drawn and fitted through.</summary>
    private const int CoursePoints = 14;

    /// <summary>Trains what is not trained yet, and writes the page once all is.</summary>
    public static void Run(ClaimOptions options)
    {
        var documents = ClaimText.Sample(options.Folder("--data"), TextBytes);
        var tokenizer = ClaimText.Learn(documents, LadderRung.VocabularySize);
        var text = new ClaimText(documents, tokenizer);
        var heldOut = new ClaimText(ClaimText.Sample(options.Folder("--valid"), HeldOutBytes), tokenizer);
        var only = options.Value("--rungs")?.Split(',');
        if (only?.FirstOrDefault(n => LadderRung.All.All(r => r.Name != n)) is { } unknown)
            throw new ArgumentException($"there is no rung '{unknown}'; there are {string.Join(", ", LadderRung.All.Select(r => r.Name))}");
        var records = new List<LadderRecord>();
        foreach (var recipe in LadderRung.All)
        {
            var folder = Path.Combine(options.WorkFolder, Name, recipe.Name);
            var record = Load(folder, LadderRecord.IdentityOf(recipe, text, heldOut));
            if (record is null && (only is null || only.Contains(recipe.Name))) record = Train(recipe, text, heldOut, folder);
            if (record is null) Console.Error.WriteLine($"{recipe.Name} is not trained yet");
            else records.Add(record);
        }

        if (records.Count < LadderRung.All.Count) return;
        var tokenizerBytes = ModelBytes.OfTokenizer(Path.Combine(options.WorkFolder, Name, records[0].Name));
        LadderFiles.Save(options.PageFolder, [.. records.Select(r => new LadderFiles.Rung(
            r.Name, r.Multiplied, r.Parameters, tokenizerBytes, documents.Count, r.Course, r.Points))]);
        WritePage(options, records, text, heldOut);
    }

    /// <summary>Mean losses of stretches of the pass that grow by equal factors, from the end of the warm-up to the decay.</summary>
    public static IReadOnlyList<(double Tokens, double BitsPerByte)> LossAgainstTokens(IReadOnlyList<PassState> course, long warmup, long decay)
    {
        PassState[] constant = [.. course.Where(s => s.Step >= warmup && s.Step <= decay)];
        var factor = Math.Pow((double)constant[^1].Tokens / constant[0].Tokens, 1.0 / CoursePoints);
        var points = new List<(double, double)>();
        var from = constant[0];
        for (var i = 1; i <= CoursePoints; i++)
        {
            var bound = constant[0].Tokens * Math.Pow(factor, i);
            var to = constant.Last(s => s.Tokens <= bound * 1.000001);
            if (to.Step == from.Step) continue;
            points.Add((Math.Sqrt((double)from.Tokens * to.Tokens), (to.Bits - from.Bits) / (to.Bytes - from.Bytes)));
            from = to;
        }

        return points;
    }

    private static LadderRecord Train(TrainingRecipe recipe, ClaimText text, ClaimText heldOut, string folder)
    {
        Directory.CreateDirectory(folder);
        var run = new OnePassRun(recipe, text, heldOut, folder);
        run.Run(Console.Error.WriteLine);
        var config = recipe.Config with { VocabularySize = text.Tokenizer.VocabularySize };
        var record = new LadderRecord
        {
            Identity = LadderRecord.IdentityOf(recipe, text, heldOut),
            Name = recipe.Name,
            Multiplied = config.MultiplyParameters,
            Parameters = config.Parameters,
            Course = run.Course,
            Points = run.Points,
            ExportedBits = run.ExportedBits,
            Seconds = run.Seconds,
            File = run.File!,
        };
        AtomicFile.Write(RecordPath(folder), stream => JsonSerializer.Serialize(stream, record));
        return record;
    }

    private static LadderRecord? Load(string folder, string identity)
    {
        if (!File.Exists(RecordPath(folder))) return null;
        var record = JsonSerializer.Deserialize<LadderRecord>(File.ReadAllText(RecordPath(folder)));
        return record?.Identity == identity ? record : null;
    }

    private static string RecordPath(string folder) => Path.Combine(folder, "record.json");

    private static void WritePage(ClaimOptions options, List<LadderRecord> records, ClaimText text, ClaimText heldOut)
    {
        (double, double)[] sizes = [.. records.Select(r => ((double)r.Multiplied, r.Last.HeldOutBits))];
        PowerLaw line = PowerLaw.Fit(sizes), curve = PowerLaw.FitWithFloor(sizes);
        var courses = records.Zip(LadderRung.All, (record, recipe) => (
            Record: record, Points: LossAgainstTokens(record.Course, recipe.WarmupSteps, recipe.DecayStart(record.Course[^1].Step)))).ToList();
        var report = new ClaimReport(options);
        report.Picture("ladder-parameters.svg",
            XyPlot.LogLog("Held-out bits per byte against size", "parameters multiplied for a token", "bits per byte"),
        [
            new PlotSeries("measured", sizes, SvgDocument.Highlight) { Line = false },
            Calculated($"a·N^−{Fixed(line.B, 3)}", line, sizes, SvgDocument.Colour(6)),
            Calculated($"{Fixed(curve.C, 2)} + a·N^−{Fixed(curve.B, 3)}", curve, sizes, SvgDocument.Colour(0)),
        ]);
        report.Picture("ladder-tokens.svg",
            XyPlot.LogLog("Loss of text not seen before against text seen", "tokens trained on", "bits per byte"),
            [.. courses.Select((c, i) => new PlotSeries($"{c.Record.Name}: {Grouped(c.Record.Multiplied)}", c.Points, SvgDocument.Colour(i)))]);
        report.Section("setting", Setting(text, heldOut));
        report.Section("rungs", Rungs(records));
        report.Section("fits", Fits(line, curve, sizes, courses));
        report.Section("files", Files(records));
        report.Publish(Name, $"From {Grouped(records[0].Multiplied)} to {Grouped(records[^1].Multiplied)} multiplied parameters, the same "
            + $"{Fixed(text.Corpus.ByteCount / 1e6, 1)} MB of text: "
            + $"{Fixed(records[0].Last.HeldOutBits, 3)} to **{Fixed(records[^1].Last.HeldOutBits, 3)} bits/byte** on text that none has seen, "
            + $"about N^−{Fixed(line.B, 3)}.");
    }

    private static string Setting(ClaimText text, ClaimText heldOut) =>
        $"* Training text: the same share of the start of each of {text.Documents.Count} files, {Grouped(text.Corpus.ByteCount)} bytes, "
        + $"{Grouped(text.Corpus.TextTokens)} tokens of a vocabulary of {text.Tokenizer.VocabularySize}.\n"
        + $"* Held-out text: {heldOut.Documents.Count} files, none of them trained on, "
        + $"{Grouped(heldOut.Corpus.ByteCount)} bytes, {Grouped(heldOut.Corpus.TextTokens)} tokens.\n"
        + string.Concat(MachineDescription.Lines().Select(line => $"* {char.ToUpperInvariant(line.What[0])}{line.What[1..]}: {line.Value}.\n"));

    private static string Rungs(List<LadderRecord> records)
    {
        var table = new MarkdownTable(
            "rung", "width", "layers", "multiplied parameters", "all parameters", "held-out, bits/byte", "the same in 8 bits", "tokens guessed", "training");
        foreach (var (r, recipe) in records.Zip(LadderRung.All))
        {
            table.Add(r.Name, Fixed(recipe.Config.HiddenSize, 0), Fixed(recipe.Config.Layers, 0), Grouped(r.Multiplied), Grouped(r.Parameters),
                Fixed(r.Last.HeldOutBits, 4), Fixed(r.ExportedBits, 4), $"{Fixed(100 * r.Last.Accuracy, 1)} %", $"{Fixed(r.Seconds, 0)} s");
        }

        return table.ToString();
    }

    private static string Fits(
        PowerLaw line, PowerLaw curve, (double, double)[] sizes, List<(LadderRecord Record, IReadOnlyList<(double, double)> Points)> courses)
    {
        var table = new MarkdownTable("against", "b in a·x^−b", "largest miss", "c + a·x^−b", "largest miss");
        Add("parameters", line, curve, sizes);
        foreach (var (record, points) in courses)
            Add($"tokens, {record.Name}", PowerLaw.Fit(points), PowerLaw.FitWithFloor(points), points);
        return table.ToString();

        void Add(string what, PowerLaw pure, PowerLaw floor, IReadOnlyList<(double X, double Y)> points) => table.Add(
            what, Fixed(pure.B, 4), Miss(pure, points),
            $"{Fixed(floor.C, 3)} + {floor.A.ToString("G3", CultureInfo.InvariantCulture)}·x^−{Fixed(floor.B, 3)}", Miss(floor, points));
    }

    private static string Miss(PowerLaw law, IReadOnlyList<(double X, double Y)> points) =>
        $"{Fixed(100 * points.Max(p => Math.Abs(law.At(p.X) / p.Y - 1)), 2)} %";

    private static string Files(List<LadderRecord> records)
    {
        var table = new MarkdownTable("rung", "−log₂ P(D) in bytes", "range coder wrote", "difference", "file", "bits/byte of the file");
        foreach (var r in records)
        {
            table.Add(r.Name, Fixed(r.File.IdealBits / 8, 1), Fixed(r.File.Payload, 0), Fixed(r.File.Payload - r.File.IdealBits / 8, 1).Replace('-', '−'),
                Fixed(r.File.Length, 0), Fixed(8.0 * r.File.Length / r.File.Content, 4));
        }

        return table.ToString();
    }

    private static PlotSeries Calculated(string name, PowerLaw law, (double X, double Y)[] points, string colour)
    {
        double low = points.Min(p => p.X), high = points.Max(p => p.X);
        var between = Enumerable.Range(0, 41).Select(i => low * Math.Pow(high / low, i / 40.0));
        return new PlotSeries(name, [.. between.Select(x => (x, law.At(x)))], colour) { Marks = false, Dashed = true };
    }
}

using System.Globalization;
using Compressor.Benchmarks.Codecs;
using Compressor.Benchmarks.Pages;
using Compressor.Benchmarks.Plots;
using Compressor.Training;
using Compressor.Training.Data;
using static Compressor.Benchmarks.Claim.ClaimReport;

namespace Compressor.Benchmarks.Claim;

/// <summary>
/// Memorising does not help: models trained until they know one file by heart. The file under them shrinks towards nothing; with their
/// weights it is larger than the file was.
/// </summary>
internal static class MemoriseExperiment
{
    public const string Name = "memorise";

    private const int FileBytes = 100_000, Steps = 1600, FirstMeasurement = 25, MemoryLevel = 3;

    private static readonly TrainingRecipe[] Models =
    [
        LadderRung.Of("small", width: 32, layers: 1, inner: 64),
        LadderRung.Of("medium", width: 96, layers: 2, inner: 288),
        LadderRung.Of("large", width: 192, layers: 3, inner: 576),
    ];

    /// <summary>A moment of a run.</summary>
    private sealed record Moment(string Model, long Step, DescriptionLength Length);

    public static void Run(ClaimOptions options)
    {
        var document = TextFolder.Read(options.Folder("--data")).FirstOrDefault(d => d.Text.Length >= FileBytes)
            ?? throw new ArgumentException($"--data: no file has {FileBytes} bytes");
        var file = document.Text[..FileBytes];
        TextDocument[] documents = [document with { Text = file }];
        var text = new ClaimText(documents, ClaimText.Learn(documents, LadderRung.VocabularySize));
        var moments = Models.SelectMany(m => Train(m, text, file, Path.Combine(options.WorkFolder, Name, m.Name))).ToList();
        Codec xz = CodecCatalog.Find("xz-9"), classic = xz.Missing is null ? xz : CodecCatalog.Find("brotli-11");
        (string, DescriptionLength)[] honest =
        [
            (classic.Name, new DescriptionLength(0, classic.Compress(file).Length)),
            ("lmz without a model (level 3)", new DescriptionLength(0, Lmz.Compress(file, new LmzCompressionOptions { Level = MemoryLevel }).Length)),
        ];
        Write(new ClaimReport(options), document.Path, moments, honest);
    }

    private static IEnumerable<Moment> Train(TrainingRecipe recipe, ClaimText text, byte[] file, string folder)
    {
        Directory.CreateDirectory(folder);
        using var loop = new TrainingLoop(recipe, text, Steps);
        long next = FirstMeasurement;
        while (!loop.IsDone)
        {
            loop.Step();
            if (loop.State.Step != next) continue;
            next *= 2;
            loop.Export(folder);
            var moment = new Moment(recipe.Name, loop.State.Step,
                new DescriptionLength(ModelBytes.Of(folder), CodedFile.Of(file, LanguageModel.Load(folder)).Length));
            Console.Error.WriteLine($"{moment.Model}: step {moment.Step}, weights {moment.Length.Knowledge} + file {moment.Length.Data}, {loop.Seconds:F0} s");
            yield return moment;
        }
    }

    private static void Write(ClaimReport report, string path, List<Moment> moments, (string Name, DescriptionLength Length)[] honest)
    {
        report.Values("memorise.csv", "model,step,model_bytes,file_bytes,total_bytes", moments
            .Select(m => string.Create(CultureInfo.InvariantCulture, $"{m.Model},{m.Step},{m.Length.Knowledge},{m.Length.Data},{m.Length.Total}"))
            .Concat(honest.Select(h => string.Create(CultureInfo.InvariantCulture, $"{h.Name},0,{h.Length.Knowledge},{h.Length.Data},{h.Length.Total}"))));
        double first = moments.Min(m => m.Step), last = moments.Max(m => m.Step);
        var series = new List<PlotSeries>();
        foreach (var (model, i) in moments.GroupBy(m => m.Model).Select((g, i) => (g, i)))
        {
            (double, double)[] Curve(Func<DescriptionLength, long> part) => [.. model.Select(m => ((double)m.Step, (double)part(m.Length)))];
            series.Add(new PlotSeries($"{model.Key}: with the weights", Curve(length => length.Total), SvgDocument.Colour(i)));
            series.Add(new PlotSeries($"{model.Key}: the file alone", Curve(length => length.Data), SvgDocument.Colour(i)) { Dashed = true });
        }

        series.Add(Level("lmz without a model", honest[^1].Length.Total, SvgDocument.Highlight));
        series.Add(Level("the file itself", FileBytes, SvgDocument.Colour(6)));
        report.Picture("memorise.svg", XyPlot.LogLog("A file of 100 000 bytes, learned by heart", "training steps", "bytes"), series);
        var table = new MarkdownTable("what the receiver is sent", "steps", "weights and tokenizer", "file", "together");
        table.Add("the file as it is", "", "", Grouped(FileBytes), Grouped(FileBytes));
        foreach (var (name, length) in honest) table.Add(name, "", "", Grouped(length.Data), Grouped(length.Total));
        foreach (var m in moments.GroupBy(m => m.Model).SelectMany(g => (Moment[])[g.First(), g.ElementAt(g.Count() / 2), g.Last()]))
            table.Add($"{m.Model} model", Grouped(m.Step), Grouped(m.Length.Knowledge), Grouped(m.Length.Data), Grouped(m.Length.Total));
        report.Section("file", $"The file: the first {Grouped(FileBytes)} bytes of `{path}`.");
        report.Section("totals", table);
        Moment end = moments[^1], best = moments.MinBy(m => m.Length.Total)!;
        report.Publish(Name, $"A model that knows a file of {Grouped(FileBytes)} bytes by heart writes it in **{Grouped(end.Length.Data)} bytes**, and needs "
            + $"{Grouped(end.Length.Knowledge)} bytes of weights. The smallest sum of any model at any time is {Grouped(best.Length.Total)}; "
            + $"a memory that is sent nothing takes {Grouped(honest[^1].Length.Total)}.");

        PlotSeries Level(string name, double bytes, string colour) => new(name, [(first, bytes), (last, bytes)], colour) { Marks = false };
    }
}

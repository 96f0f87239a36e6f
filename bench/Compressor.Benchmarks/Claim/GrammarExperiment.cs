using System.Globalization;
using System.Text;
using Compressor.Benchmarks.Claim.Language;
using Compressor.Benchmarks.Codecs;
using Compressor.Benchmarks.Pages;
using Compressor.Benchmarks.Plots;
using Compressor.Training;
using Compressor.Training.Data;
using static Compressor.Benchmarks.Claim.ClaimReport;

namespace Compressor.Benchmarks.Claim;

/// <summary>
/// A grammar beats a dictionary: sentences of a small generated language, described by what each way of knowing the language takes and
/// what the sentences then still cost.
/// </summary>
internal static class GrammarExperiment
{
    public const string Name = "grammar";

    private const string RulesName = "rules";

    private const int Seed = 1, Vocabulary = 384;

    /// <summary>A memory of bytes, without any model.</summary>
    private const int MemoryLevel = 3;

    private const int MaxBlock = 1 << 24;

    private static readonly int[] Sizes = [10_000, 30_000, 100_000, 300_000, 1_000_000, 3_000_000, 10_000_000];

    private static readonly TrainingRecipe[] Transformers =
    [
        LadderRung.Of("transformer, width 32", width: 32, layers: 2, inner: 96, Vocabulary),
        LadderRung.Of("transformer, width 64", width: 64, layers: 2, inner: 128, Vocabulary),
    ];

    /// <summary>Compresses what a receiver must know: lists, rules.</summary>
    private static readonly BrotliCodec Brotli = new(11);

    /// <summary>One text, described in every way.</summary>
    private sealed record Row(int Bytes, int Sentences, int Distinct,
        DescriptionLength Dictionary, DescriptionLength Memory, DescriptionLength[] Networks, DescriptionLength Rules)
    {
        public IEnumerable<(string Name, DescriptionLength Length)> All =>
        [
            ("dictionary of sentences", Dictionary),
            ("memory of n-grams", Memory),
            .. Transformers.Select((t, i) => (t.Name, Networks[i])),
            (RulesName, Rules),
        ];
    }

    public static void Run(ClaimOptions options)
    {
        var grammar = Grammar.Standard();
        var text = Generate(grammar, Sizes[^1]);
        var rows = new List<Row>();
        foreach (var size in Sizes)
        {
            var part = text[..(text.LastIndexOf('\n', size - 1) + 1)];
            rows.Add(Describe(grammar, part, Path.Combine(options.WorkFolder, Name)));
            var r = rows[^1];
            Console.Error.WriteLine($"{r.Bytes} bytes: {string.Join(", ", r.All.Select(a => $"{a.Name} {a.Length.Knowledge} + {a.Length.Data}"))}");
        }

        Write(new ClaimReport(options), grammar, text, rows);
    }

    /// <summary>Sentences of a language, the same ones every time: at least <paramref name="bytes"/> of them.</summary>
    public static string Generate(Grammar grammar, int bytes)
    {
        var random = new DeterministicRandom(Seed);
        var text = new StringBuilder();
        while (text.Length < bytes) text.Append(GrammarCoder.Write(grammar, 1, rule => rule.Find((uint)random.Below((int)RangeCoding.Interval.Total))));
        return text.ToString();
    }

    private static Row Describe(Grammar grammar, string text, string folder)
    {
        var bytes = Encoding.ASCII.GetBytes(text);
        var list = SentenceDictionary.ListOf(text);
        byte[] choices = GrammarCoder.Encode(grammar, text), numbers = SentenceDictionary.Encode(text);
        if (GrammarCoder.Decode(grammar, choices) != text || SentenceDictionary.Decode(list, numbers) != text)
            throw new InvalidDataException("a description does not give the text back");
        return new Row(bytes.Length, text.Count(c => c == '\n'), list.Count(c => c == '\n'),
            new DescriptionLength(Packed(list), numbers.Length),
            new DescriptionLength(0, Lmz.Compress(bytes, new LmzCompressionOptions { Level = MemoryLevel, BlockLength = MaxBlock }).Length),
            [.. Transformers.Select(recipe => Train(recipe, bytes, folder))],
            new DescriptionLength(Packed(grammar.Text), choices.Length));
    }

    /// <summary>A model trained on the very text: its weights are charged.</summary>
    private static DescriptionLength Train(TrainingRecipe recipe, byte[] bytes, string folder)
    {
        TextDocument[] documents = [new TextDocument("sentences", bytes)];
        var text = new ClaimText(documents, ClaimText.Learn(documents, Vocabulary));
        // Longer texts are worth more steps; the shortest are seen many times.
        using var loop = new TrainingLoop(recipe, text, Math.Clamp(bytes.Length / 1000, 200, 1500));
        while (!loop.IsDone) loop.Step();
        Directory.CreateDirectory(folder);
        loop.Export(folder);
        return new DescriptionLength(ModelBytes.Of(folder), CodedFile.Of(bytes, LanguageModel.Load(folder)).Length);
    }

    private static int Packed(string text) => Brotli.Compress(Encoding.ASCII.GetBytes(text)).Length;

    private static void Write(ClaimReport report, Grammar grammar, string text, List<Row> rows)
    {
        report.Values("grammar.csv", "bytes,sentences,distinct,description,knowledge_bytes,data_bytes,total_bytes", rows.SelectMany(r => r.All.Select(a =>
            string.Create(CultureInfo.InvariantCulture, $"{r.Bytes},{r.Sentences},{r.Distinct},{a.Name},{a.Length.Knowledge},{a.Length.Data},{a.Length.Total}"))));
        string[] names = [.. rows[0].All.Select(a => a.Name)];
        report.Picture("grammar.svg",
            XyPlot.LogLog("What it takes to describe the text, all told", "bytes of text", "bytes of description for a byte of text"),
            [.. names.Select((name, i) => new PlotSeries(name, [.. rows.Select(r => ((double)r.Bytes, (double)r.All.ElementAt(i).Length.Total / r.Bytes))],
                name == RulesName ? SvgDocument.Highlight : SvgDocument.Colour(i)))]);
        report.Section("rules", $"```\n{grammar.Text.TrimEnd('\n')}\n```\n\nThe first sentences:\n\n```\n{string.Join('\n', text.Split('\n').Take(5))}\n```");
        var totals = new MarkdownTable(["text", "sentences", "of them different", .. names]);
        var parts = new MarkdownTable(["text", .. names]);
        foreach (var r in rows)
        {
            totals.Add([Grouped(r.Bytes), Grouped(r.Sentences), Grouped(r.Distinct),
                .. r.All.Select(a => Grouped(a.Length.Total))]);
            parts.Add([Grouped(r.Bytes), .. r.All.Select(a => $"{Grouped(a.Length.Knowledge)} + {Grouped(a.Length.Data)}")]);
        }

        report.Section("totals", totals);
        report.Section("parts", parts);
        var last = rows[^1];
        report.Publish(Name, $"{Grouped(last.Bytes)} bytes of a generated language: "
            + $"the dictionary of its sentences takes {Grouped(last.Dictionary.Total)} bytes, "
            + $"a memory of n-grams {Grouped(last.Memory.Total)}, a transformer with its weights {Grouped(last.Networks.Min(n => n.Total))}, "
            + $"the rules and the choices **{Grouped(last.Rules.Total)}**, of which the rules are {Grouped(last.Rules.Knowledge)}.");
    }
}

using System.Globalization;
using Compressor.Benchmarks.Pages;
using Compressor.Blocks.Kinds;
using Compressor.Symbols;
using Compressor.Training.Data;
using Compressor.Training.Export;

namespace Compressor.Benchmarks.Kinds;

/// <summary><c>kinds DIR</c>: models and the classifier on folders of text, one folder a kind.</summary>
internal static class KindsCommand
{
    /// <summary>The first argument that asks for it.</summary>
    public const string Name = "kinds";

    public const string Usage = """
        usage: kinds DIR [--model DIR]… [--classify | --fit]
          DIR         has a folder for each kind of text, and files in it
          --model     a model to measure: bits per byte alone, and bytes with memory; can be repeated
          --classify  instead: how often the classifier is right; folders are named Code, Data and so on
          --fit       instead: weights for the classifier, fitted to these files
        """;

    /// <summary>All files of a kind together count as one content, up to this much: the same share of each file's start.</summary>
    private const long MaxBytes = 1 << 20;

    /// <summary>Tokens in a window of the measurement of a model alone; at least half of it is context.</summary>
    private const int ContextLength = 256;

    public static int Run(string[] arguments)
    {
        string? folder = null;
        bool classify = false, fit = false;
        var models = new List<string>();
        for (var i = 0; i < arguments.Length; i++)
        {
            switch (arguments[i])
            {
                case "--classify": classify = true; break;
                case "--fit": fit = true; break;
                case "--model": models.Add(++i < arguments.Length ? arguments[i] : throw new ArgumentException("--model needs a value")); break;
                case var option when option.StartsWith('-'): throw new ArgumentException($"there is no option '{option}'");
                case var path when folder is null: folder = path; break;
                default: throw new ArgumentException($"one folder, not also '{arguments[i]}'");
            }
        }

        if (!Directory.Exists(folder ?? throw new ArgumentException("which folder?")))
            throw new ArgumentException($"there is no folder '{folder}'");
        string[] kinds = [.. Directory.GetDirectories(folder).Order(StringComparer.Ordinal)];
        if (kinds.Length == 0)
            throw new ArgumentException($"'{folder}' has no folder");
        if (classify)
            Console.Write(ClassifierTable(kinds));
        else if (fit)
            Console.Write(ClassifierFit.Weights(kinds));
        else
            Console.Write(ModelTable(kinds, models));
        return 0;
    }

    /// <summary>Bits per byte of each kind: of each model alone, and of the whole codec at its highest level with that model and with none.</summary>
    private static MarkdownTable ModelTable(string[] kinds, IReadOnlyList<string> folders)
    {
        LanguageModel[] models = [.. folders.Select(LanguageModel.Load)];
        string[] names = [.. folders.Select(f => Path.GetFileName(Path.TrimEndingDirectorySeparator(f)))];
        var table = new MarkdownTable(["kind", "bytes", .. names.Select(n => $"{n} alone"), "memory alone", .. names.Select(n => $"{n} and memory")]);
        foreach (var kind in kinds)
        {
            var documents = EvaluationSet.Sample([.. TextFolder.Read(kind).Select(d => d.WithoutLineBreaks())], MaxBytes);
            byte[] content = [.. EvaluationSet.Sample(TextFolder.Read(kind), MaxBytes).SelectMany(d => d.Text)];
            var cells = new List<string> { Path.GetFileName(kind), content.Length.ToString(CultureInfo.InvariantCulture) };
            foreach (var model in models)
            {
                if (model.Tokenizer is not Tokenizer tokenizer)
                    throw new InvalidDataException($"{model.Name} is an imported model, whose tokens this command does not count");
                var corpus = TokenCorpus.Create(documents, tokenizer, Environment.ProcessorCount);
                cells.Add(BitsPerByte(ExportedCost.BitsPerByte(model, corpus, ContextLength, Environment.ProcessorCount)));
            }

            foreach (var model in (LanguageModel?[])[null, .. models])
            {
                var options = model is null ? new LmzCompressionOptions { Level = 3 } : new LmzCompressionOptions { Level = LmzCompressionOptions.MaxLevel, Model = model };
                var compressed = Lmz.Compress(content, options);
                var back = Lmz.Decompress(compressed, new LmzDecompressionOptions { Models = model is null ? [] : [model] });
                if (!back.AsSpan().SequenceEqual(content))
                    throw new InvalidDataException($"{kind} did not come back");
                cells.Add(BitsPerByte(8.0 * compressed.Length / content.Length));
            }

            table.Add([.. cells]);
            Console.Error.WriteLine(string.Join("  ", cells));
        }

        return table;
    }

    /// <summary>What the classifier takes the files of each kind for.</summary>
    private static MarkdownTable ClassifierTable(string[] folders)
    {
        var all = Enum.GetValues<TextKind>();
        var table = new MarkdownTable(["kind", "files", .. all.Select(k => k.ToString()), "first is right", "one of two is right", "or of its group"]);
        int files = 0, first = 0, either = 0, group = 0;
        foreach (var folder in folders)
        {
            var expected = KindOf(folder);
            TextKinds[] found = [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(f => TextKindClassifier.Classify(File.ReadAllBytes(f)))];
            int right = found.Count(k => k.First == expected), candidate = found.Count(k => k.First == expected || k.Second == expected);
            var related = found.Count(k => Group(k.First) == Group(expected) || (k.Second is { } second && Group(second) == Group(expected)));
            table.Add([expected.ToString(), $"{found.Length}", .. all.Select(k => $"{found.Count(f => f.First == k)}"), Percent(right, found.Length), Percent(candidate, found.Length), Percent(related, found.Length)]);
            (files, first, either, group) = (files + found.Length, first + right, either + candidate, group + related);
        }

        table.Add(["all", $"{files}", .. all.Select(_ => ""), Percent(first, files), Percent(either, files), Percent(group, files)]);
        return table;
    }

    /// <summary>Kinds that one model serves: English; code, markup and data; other languages.</summary>
    private static int Group(TextKind kind) => kind switch
    {
        TextKind.English => 0,
        TextKind.Code or TextKind.Markup or TextKind.Data => 1,
        TextKind.Chinese or TextKind.OtherLanguage => 2,
        _ => 3,
    };

    /// <summary>The kind that a folder is named after.</summary>
    /// <exception cref="ArgumentException">There is no such kind.</exception>
    public static TextKind KindOf(string folder) => Enum.TryParse(Path.GetFileName(folder), out TextKind kind) ? kind
        : throw new ArgumentException($"'{Path.GetFileName(folder)}' is no kind of text; there are {string.Join(", ", Enum.GetNames<TextKind>())}");

    private static string BitsPerByte(double value) => value.ToString("F3", CultureInfo.InvariantCulture);

    private static string Percent(int part, int all) => string.Create(CultureInfo.InvariantCulture, $"{100.0 * part / Math.Max(1, all):F1} %");
}

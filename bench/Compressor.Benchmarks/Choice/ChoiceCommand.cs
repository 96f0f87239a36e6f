using System.Diagnostics;
using System.Globalization;
using Compressor.Benchmarks.Pages;
using Compressor.Blocks;
using Compressor.Blocks.Kinds;
using Compressor.Frames;

namespace Compressor.Benchmarks.Choice;

/// <summary><c>choice PATH…</c>: which candidate the encoder chooses for files, whether it is the smallest, and what choosing costs.</summary>
internal static class ChoiceCommand
{
    /// <summary>The first argument that asks for it.</summary>
    public const string Name = "choice";

    public const string Usage = """
        usage: choice PATH… [--level N]… [--length N] [--times] [--misses]
          PATH      a file, or a folder of files: each counts as one content
          --level   a level to measure; can be repeated [default: 6]
          --length  of each file only so many bytes from its start [default: 131072]
          --times   instead of the sizes: processor seconds to compress and to decompress with one thread, and how the first are to the others
          --misses  list the files whose result is more than 1 % larger than the best candidate, instead of counting by kind
        """;

    /// <summary>A choice within this of the smallest candidate is right.</summary>
    private const double Tolerance = 1.01;

    public static int Run(string[] arguments)
    {
        var paths = new List<string>();
        var levels = new List<int>();
        var length = 1 << 17;
        bool times = false, misses = false;
        for (var i = 0; i < arguments.Length; i++)
        {
            switch (arguments[i])
            {
                case "--level": levels.Add(Number()); break;
                case "--length": length = Number(); break;
                case "--times": times = true; break;
                case "--misses": misses = true; break;
                case var option when option.StartsWith('-'): throw new ArgumentException($"there is no option '{option}'");
                case var path when File.Exists(path): paths.Add(path); break;
                case var folder when Directory.Exists(folder): paths.AddRange(Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)); break;
                case var path: throw new ArgumentException($"there is no file or folder '{path}'");
            }

            int Number() => ++i < arguments.Length && int.TryParse(arguments[i], CultureInfo.InvariantCulture, out var number) && number > 0
                ? number : throw new ArgumentException($"{arguments[i - 1]} needs a number");
        }

        if (paths is [])
            throw new ArgumentException("which files?");
        if (levels is [])
            levels.Add(LmzCompressionOptions.DefaultLevel);
        var contents = paths.Select(path => (Name: Path.GetFileName(path), Content: Start(path, length))).Where(file => file.Content.Length > 0).ToList();
        foreach (var level in levels)
            Console.WriteLine(times ? TimeTable(contents, level) : SizeTable(contents, level, misses));
        return 0;
    }

    private static byte[] Start(string path, int length)
    {
        using var file = File.OpenRead(path);
        var content = new byte[Math.Min(length, file.Length)];
        file.ReadExactly(content);
        return content;
    }

    private static MarkdownTable SizeTable(List<(string Name, byte[] Content)> files, int level, bool misses)
    {
        List<(string Name, string Kind, Sizes Sizes)> results =
            [.. files.AsParallel().AsOrdered().Select(file => (file.Name, TextKindClassifier.Classify(file.Content).First.ToString(), new Sizes(file.Content, level)))];
        if (misses)
        {
            var list = new MarkdownTable([$"level {level}", "kind", "bytes", "chosen", "result", "best", "its size", "larger by"]);
            foreach (var (name, kind, sizes) in results.Where(result => !result.Sizes.IsRight))
                list.Add([name, kind, $"{sizes.Content}", sizes.Choice, $"{sizes.Chosen}", sizes.Best, $"{sizes.Smallest}", Percent(sizes.Chosen - sizes.Smallest, sizes.Smallest)]);
            return list;
        }

        var table = new MarkdownTable([$"level {level}, kind", "files", "right", "bytes", "chosen", "best of each", "larger by"]);
        foreach (var kind in results.GroupBy(result => result.Kind).Select(group => (group.Key, Results: group.ToList())).Append(("all", results)))
        {
            long chosen = kind.Item2.Sum(result => (long)result.Sizes.Chosen), best = kind.Item2.Sum(result => (long)result.Sizes.Smallest);
            var right = kind.Item2.Count(result => result.Sizes.IsRight);
            table.Add([kind.Item1, $"{kind.Item2.Count}", Percent(right, kind.Item2.Count), $"{kind.Item2.Sum(result => (long)result.Sizes.Content)}", $"{chosen}", $"{best}", Percent(chosen - best, best)]);
        }

        return table;
    }

    private static MarkdownTable TimeTable(List<(string Name, byte[] Content)> files, int level)
    {
        var table = new MarkdownTable([$"level {level}", "bytes", "form", "compressed", "compress s", "decompress s", "ratio"]);
        Measure(files[0].Content, level); // loads models, compiles
        foreach (var (name, content) in files)
        {
            var (data, encoding, decoding) = Measure(content, level);
            table.Add([name, $"{content.Length}", FormOf(data), $"{data.Length}", Seconds(encoding), Seconds(decoding), (encoding / decoding).ToString("F2", CultureInfo.InvariantCulture)]);
        }

        return table;
    }

    private static (byte[] Data, double Encoding, double Decoding) Measure(byte[] content, int level)
    {
        var start = ProcessorSeconds();
        var data = Lmz.Compress(content, new LmzCompressionOptions { Level = level, Threads = 1 });
        var middle = ProcessorSeconds();
        if (!Lmz.Decompress(data, new LmzDecompressionOptions { Threads = 1 }).AsSpan().SequenceEqual(content))
            throw new InvalidDataException("A file did not come back.");
        return (data, middle - start, ProcessorSeconds() - middle);
    }

    private static double ProcessorSeconds()
    {
        using var process = Process.GetCurrentProcess();
        return process.UserProcessorTime.TotalSeconds;
    }

    /// <summary>What the first block is: the name of its model, or its type.</summary>
    private static string FormOf(byte[] data)
    {
        var blocks = Lmz.ReadInfo(new MemoryStream(data)).SelectMany(frame => frame.Blocks);
        return string.Join(", ", blocks.Select(block => block.ModelId is { } id ? BuiltInModels.Installed.First(model => model.Id == id).Name : block.Type.ToString()).Distinct());
    }

    private static string Seconds(double seconds) => seconds.ToString("F2", CultureInfo.InvariantCulture);

    private static string Percent(long part, long all) => string.Create(CultureInfo.InvariantCulture, $"{100.0 * part / Math.Max(1, all):F2} %");

    /// <summary>The sizes that the candidates of a content come to, each alone, and that of the choice.</summary>
    private sealed class Sizes
    {
        public Sizes(byte[] content, int level)
        {
            var options = new LmzCompressionOptions { Level = level, Threads = 1 };
            var settings = BlockSettings.OfLevel(level);
            var data = Compress(content, options, settings);
            (Content, Chosen, Choice) = (content.Length, data.Length, FormOf(data));
            List<(string Name, int Length)> candidates = [("bytes", Compress(content, options, settings with { Tokens = false }).Length)];
            foreach (var model in options.BuiltInModelNames.Select(BuiltInModels.TryGet).OfType<LanguageModel>())
                candidates.Add((model.Name, Compress(content, new LmzCompressionOptions { Level = level, Threads = 1, Model = model }, settings with { Bytes = false }).Length));
            (Best, Smallest) = candidates.MinBy(candidate => candidate.Length);
        }

        public int Content { get; }

        public int Chosen { get; }

        public string Choice { get; }

        public string Best { get; }

        public int Smallest { get; }

        public bool IsRight => Chosen <= Smallest * Tolerance;

        private static byte[] Compress(byte[] content, LmzCompressionOptions options, BlockSettings settings)
        {
            using var target = new MemoryStream();
            FrameCompressor.Compress(new MemoryStream(content), target, options, settings, null, default);
            return target.ToArray();
        }
    }
}

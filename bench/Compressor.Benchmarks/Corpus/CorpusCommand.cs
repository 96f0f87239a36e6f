using System.Globalization;
using Compressor.Benchmarks.Codecs;
using Compressor.Benchmarks.Pages;
using Compressor.Benchmarks.Plots;

namespace Compressor.Benchmarks.Corpus;

/// <summary><c>corpus DIR</c>: the comparison of this project with other compressors on a folder of files.</summary>
internal static class CorpusCommand
{
    /// <summary>The first argument that asks for it.</summary>
    public const string Name = "corpus";

    public static string Usage => $"""
        usage: corpus DIR [--codecs NAME,NAME,…] [--with COMMAND]… [--rounds N] [--out DIR | --page FILE]
          --codecs   libraries to compare with; default {string.Join(',', CodecCatalog.Defaults)}
          --with     a program: {string.Join(", ", CommandContestant.KnownNames)}, or 'name=pack {"{in}"} {"{out}"} => unpack {"{in}"} {"{out}"}'; can be repeated
          --rounds   how often everything is measured; the quickest time counts; default 1
          --out      folder for results.md, results.csv, speed-ratio.svg and files.svg; default bench-results
          --page     a Markdown page with markers, whose figures are replaced; the other files go into the folder of the page's name beside it
        """;

    public static int Run(string[] arguments)
    {
        string? folder = null, page = null, output = null;
        var rounds = 1;
        var codecs = CodecCatalog.Defaults;
        var commands = new List<CommandContestant>();
        for (var i = 0; i < arguments.Length; i++)
        {
            string Value() => ++i < arguments.Length ? arguments[i] : throw new ArgumentException($"{arguments[i - 1]} needs a value");
            switch (arguments[i])
            {
                case "--codecs": codecs = Value().Split(',', StringSplitOptions.RemoveEmptyEntries); break;
                case "--with": commands.Add(CommandContestant.Parse(Value())); break;
                case "--out": output = Value(); break;
                case "--page": page = Value(); break;
                case "--rounds":
                    rounds = int.TryParse(Value(), NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n > 0 ? n
                        : throw new ArgumentException($"--rounds: '{arguments[i]}' is not a number from 1");
                    break;
                case var option when option.StartsWith('-'): throw new ArgumentException($"there is no option '{option}'");
                case var path when folder is null: folder = path; break;
                default: throw new ArgumentException($"one folder, not also '{arguments[i]}'");
            }
        }
        if (folder is null) throw new ArgumentException("which folder?");
        if (!Directory.Exists(folder)) throw new ArgumentException($"there is no folder '{folder}'");
        if (page is not null && output is not null) throw new ArgumentException("either --out or --page");
        if (page is not null && !File.Exists(page)) throw new ArgumentException($"there is no page '{page}'");
        if (page is not null) MarkedPage.Require(page, MarkdownReport.SectionNames);
        if (CorpusRun.FilesOf(folder).Length == 0) throw new ArgumentException($"'{folder}' has no files");

        var contestants = new List<Contestant>();
        foreach (var codec in codecs.Select(CodecCatalog.Find))
        {
            if (codec.Missing is { } reason) Console.Error.WriteLine($"skipped {codec.Name}: {reason}");
            else contestants.Add(new LibraryContestant(codec));
        }
        foreach (var command in commands)
        {
            if (command.IsInstalled()) contestants.Add(command);
            else Console.Error.WriteLine($"skipped {command.Name}: its program is not installed");
        }

        var scratch = Directory.CreateTempSubdirectory("compressor-bench-").FullName;
        try
        {
            var measurements = CorpusRun.Run(folder, contestants, scratch, rounds, Report);
            Write(new CorpusResult(contestants, measurements, TypedCommand.Of(Name, arguments)), page, output ?? "bench-results");
            return 0;
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    /// <summary>Into a page's sections and the folder beside it, or into a folder alone.</summary>
    internal static void Write(CorpusResult result, string? page, string output)
    {
        var folder = page is null ? output : Path.ChangeExtension(page, null);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "results.csv"), CsvReport.Write(result));
        File.WriteAllText(Path.Combine(folder, "speed-ratio.svg"), SpeedRatioPlot.Draw(result));
        File.WriteAllText(Path.Combine(folder, "files.svg"), FileBarsPlot.Draw(result));
        var text = page ?? Path.Combine(folder, "results.md");
        if (page is null) File.WriteAllText(text, MarkdownReport.Write(result));
        else MarkedPage.Update(page, result.Command, MarkdownReport.Sections(result));
        Console.Error.WriteLine($"written: {text}, and results.csv, speed-ratio.svg and files.svg in {folder}");
    }

    private static void Report(Measurement m) => Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{m.File,-28} {m.Codec,-10} {m.Raw,10} -> {m.Compressed,9}  {m.BitsPerByte,6:F3} bits/byte  {m.Compress.Seconds,8:F2} s  {m.Decompress.Seconds,8:F2} s"));
}

using System.Globalization;
using Compressor.Benchmarks.Pages;

namespace Compressor.Benchmarks.Joined;

/// <summary><c>joined FILE…</c>: what a network and context mixing give alone, and what they give together, file by file.</summary>
internal static class JoinedCommand
{
    /// <summary>The first argument that asks for it.</summary>
    public const string Name = "joined";

    public const string Usage = """
        usage: joined FILE|DIR… --model DIR… [--fast] [--length N]
          FILE, DIR  each file, or each of a folder, is coded as one lane
          --model    a model to code with; can be repeated
          --fast     mix few contexts, as levels below 7 do
          --length   at most so many bytes from the start of each file
        """;

    public static int Run(string[] arguments)
    {
        var (files, models) = (new List<string>(), new List<string>());
        var (fast, length) = (false, int.MaxValue);
        for (var i = 0; i < arguments.Length; i++)
        {
            switch (arguments[i])
            {
                case "--fast": fast = true; break;
                case "--model": models.Add(Value(ref i)); break;
                case "--length":
                    if (!int.TryParse(Value(ref i), NumberStyles.None, CultureInfo.InvariantCulture, out length) || length == 0)
                        throw new ArgumentException($"'{arguments[i]}' is no length in bytes");
                    break;
                case var option when option.StartsWith('-'): throw new ArgumentException($"there is no option '{option}'");
                case var folder when Directory.Exists(folder): files.AddRange(Directory.GetFiles(folder).Order(StringComparer.Ordinal)); break;
                case var file when File.Exists(file): files.Add(file); break;
                case var path: throw new ArgumentException($"there is no '{path}'");
            }
        }

        if (files.Count == 0)
            throw new ArgumentException("which files?");
        if (models.Count == 0)
            throw new ArgumentException("which model?");
        Console.Write(TableOf(files, [.. models.Select(LanguageModel.Load)], fast, length));
        return 0;

        string Value(ref int i) => ++i < arguments.Length ? arguments[i] : throw new ArgumentException($"{arguments[i - 1]} needs a value");
    }

    private static MarkdownTable TableOf(IEnumerable<string> files, LanguageModel[] models, bool fast, int length)
    {
        var table = new MarkdownTable("file", "bytes", "model", "network alone", "bytes alone", "joined", "against the smaller",
            "joined, no network", "bits coded a byte", "ends coded a byte", "share of ends in size");
        foreach (var file in files)
        {
            var content = File.ReadAllBytes(file);
            content = content[..Math.Min(length, content.Length)];
            if (content.Length == 0)
                throw new InvalidDataException($"{file} is empty");
            var bytes = FileForms.Bytes(content, fast);
            foreach (var model in models)
            {
                var forms = new FileForms(model, content, fast);
                var network = forms.Network();
                var (joined, decisions) = forms.Joined();
                table.Add(
                    Path.GetFileNameWithoutExtension(file), Whole(content.Length), model.Name, Whole(network), Whole(bytes), Whole(joined),
                    Percent(joined / (double)Math.Min(network, bytes) - 1), Whole(forms.JoinedWithoutNetwork()),
                    PerByte(decisions.Bits), PerByte(decisions.Ends), Percent(decisions.EndCost / (decisions.EndCost + decisions.BitCost)));
                Console.Error.WriteLine($"{file}: {model.Name} {network} {bytes} {joined}");
            }

            string PerByte(int count) => ((double)count / content.Length).ToString("F2", CultureInfo.InvariantCulture);
        }

        return table;
    }

    private static string Whole(int value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Percent(double share) => (100 * share).ToString("F1", CultureInfo.InvariantCulture).Replace('-', '−') + " %";
}

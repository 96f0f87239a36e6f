namespace Compressor.Benchmarks.Corpus;

/// <summary>Every file by every contestant, one after the other, so that a change in the machine's mood meets all alike.</summary>
internal static class CorpusRun
{
    /// <param name="folder">The corpus; every file below it that is not empty counts.</param>
    /// <param name="contestants">Who takes part.</param>
    /// <param name="scratch">A folder for files in between.</param>
    /// <param name="rounds">How often each pair is measured; the quickest time and the largest memory count.</param>
    /// <param name="measured">Told each result.</param>
    /// <exception cref="InvalidDataException">A contestant does not give back what it was given.</exception>
    public static List<Measurement> Run(
        string folder, IReadOnlyList<Contestant> contestants, string scratch, int rounds, Action<Measurement> measured)
    {
        var results = new List<Measurement>();
        foreach (var path in FilesOf(folder))
        {
            var content = File.ReadAllBytes(path);
            var best = new Measurement?[contestants.Count];
            for (var round = 0; round < rounds; round++)
            {
                for (var c = 0; c < contestants.Count; c++)
                {
                    var result = Measure(Path.GetRelativePath(folder, path).Replace('\\', '/'), content, contestants[c], scratch);
                    best[c] = best[c] is { } before ? Better(before, result) : result;
                }
            }
            foreach (var result in best)
            {
                results.Add(result!);
                measured(result!);
            }
        }
        return results;
    }

    /// <summary>The files of a corpus in ordinal order.</summary>
    public static string[] FilesOf(string folder) =>
    [
        .. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(path => new FileInfo(path).Length > 0)
            .Order(StringComparer.Ordinal),
    ];

    private static Measurement Measure(string name, byte[] content, Contestant contestant, string scratch)
    {
        // Some archives keep the name of the file: the same short one for all.
        string input = Path.Combine(scratch, "content"), packed = Path.Combine(scratch, "packed"), output = Path.Combine(scratch, "back");
        File.WriteAllBytes(input, content);
        var compress = contestant.Compress(input, packed);
        var compressed = new FileInfo(packed).Length;
        File.Delete(input);
        var decompress = contestant.Decompress(packed, output);
        if (!File.ReadAllBytes(output).AsSpan().SequenceEqual(content))
            throw new InvalidDataException($"{contestant.Name} does not give back {name}");
        foreach (var left in Directory.EnumerateFiles(scratch)) File.Delete(left);
        return new Measurement(name, contestant.Name, content.Length, compressed, compress, decompress);
    }

    private static Measurement Better(Measurement one, Measurement other) =>
        one with { Compress = Better(one.Compress, other.Compress), Decompress = Better(one.Decompress, other.Decompress) };

    private static Cost Better(Cost one, Cost other) =>
        new(Math.Min(one.Seconds, other.Seconds), Math.Max(one.PeakBytes, other.PeakBytes));
}

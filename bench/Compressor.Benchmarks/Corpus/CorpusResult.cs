using Compressor.Benchmarks.Plots;

namespace Compressor.Benchmarks.Corpus;

/// <summary>A finished comparison.</summary>
/// <param name="Contestants">Who took part, in the order of the columns.</param>
/// <param name="Measurements">Every file by every contestant.</param>
/// <param name="Command">What was typed to get it.</param>
internal sealed record CorpusResult(IReadOnlyList<Contestant> Contestants, IReadOnlyList<Measurement> Measurements, string Command)
{
    /// <summary>File names in the order they were measured.</summary>
    public IEnumerable<string> Files => Measurements.Select(m => m.File).Distinct();

    /// <summary>The colour of a contestant in plots: this project's own stands out.</summary>
    public string ColourOf(int contestant) => Contestants[contestant].Name.StartsWith("lmz", StringComparison.Ordinal)
        ? SvgDocument.Highlight
        : SvgDocument.Colour(contestant);

    public Measurement Of(string file, string codec) => Measurements.Single(m => m.File == file && m.Codec == codec);

    /// <summary>Sums over all files, with the largest memory.</summary>
    public Measurement TotalOf(string codec)
    {
        Measurement[] all = [.. Measurements.Where(m => m.Codec == codec)];
        return new Measurement("total", codec, all.Sum(m => m.Raw), all.Sum(m => m.Compressed), Sum(m => m.Compress), Sum(m => m.Decompress));

        Cost Sum(Func<Measurement, Cost> step) => new(all.Sum(m => step(m).Seconds), all.Max(m => step(m).PeakBytes));
    }
}

using System.Globalization;
using System.Text;
using Compressor.Benchmarks.Pages;
using Compressor.Benchmarks.Plots;

namespace Compressor.Benchmarks.Claim;

/// <summary>Where an experiment puts its figures: raw values and pictures beside its page, tables into the page, a line into the overview.</summary>
internal sealed class ClaimReport(ClaimOptions options)
{
    private readonly Dictionary<string, string> _sections = new(StringComparer.Ordinal);

    /// <summary>A number with so many digits after the point.</summary>
    public static string Fixed(double value, int digits = 0) => value.ToString($"F{digits}", CultureInfo.InvariantCulture);

    /// <summary>A whole number in groups of three.</summary>
    public static string Grouped(double value) => value.ToString("N0", CultureInfo.InvariantCulture).Replace(',', ' ');

    public void Picture(string file, XyPlot plot, IReadOnlyList<PlotSeries> series) => Save(file, plot.Draw(series));

    /// <summary>Raw figures: a line of names, then lines of values.</summary>
    public void Values(string file, string header, IEnumerable<string> lines) => Save(file, string.Concat(lines.Prepend(header).Select(l => l + "\n")));

    /// <summary>What comes between the markers of a section of the page.</summary>
    public void Section(string name, object body) => _sections[name] = body.ToString()!;

    /// <summary>Writes the sections of the page, and the experiment's line in the overview.</summary>
    /// <exception cref="InvalidDataException">A page lacks a marker.</exception>
    public void Publish(string experiment, string line)
    {
        MarkedPage.Update(Path.Combine(options.PageFolder, experiment + ".md"), options.Typed, _sections);
        MarkedPage.Update(Path.Combine(options.PageFolder, ClaimCommand.Overview), options.Typed, new Dictionary<string, string> { [experiment] = line });
    }

    private void Save(string file, string content) => File.WriteAllText(Path.Combine(options.PageFolder, file), content, new UTF8Encoding(false));
}

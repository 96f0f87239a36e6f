using System.Text;
using Compressor.Training;

namespace Compressor.Benchmarks.Pages;

/// <summary>
/// A page written by hand whose figures are made by a command. What stands between
/// <c>&lt;!-- NAME, made by: COMMAND --&gt;</c> and <c>&lt;!-- end --&gt;</c> is replaced; everything else stays as it is.
/// </summary>
internal static class MarkedPage
{
    private const string End = "<!-- end -->";

    /// <summary>The page with its sections replaced.</summary>
    /// <param name="page">The page's text.</param>
    /// <param name="command">What was typed to make the sections.</param>
    /// <param name="sections">What comes between the markers, by name.</param>
    /// <exception cref="InvalidDataException">The page lacks a marker; the message names the section.</exception>
    public static string Replace(string page, string command, IReadOnlyDictionary<string, string> sections)
    {
        foreach (var (name, body) in sections)
        {
            var opening = $"<!-- {name}, made by: ";
            var start = page.IndexOf(opening, StringComparison.Ordinal);
            if (start < 0) throw new InvalidDataException($"there is no '{opening}… -->'");
            if (page.IndexOf(opening, start + 1, StringComparison.Ordinal) >= 0) throw new InvalidDataException($"'{opening}… -->' is there twice");
            var end = page.IndexOf(End, start, StringComparison.Ordinal);
            var next = page.IndexOf(", made by: ", start + opening.Length, StringComparison.Ordinal);
            if (end < 0 || (next >= 0 && next < end)) throw new InvalidDataException($"section '{name}' has no '{End}'");
            // A blank line on both sides: a table beside a comment would be taken for a part of it.
            page = $"{page[..start]}{opening}{command} -->\n\n{body.Trim('\n')}\n\n{page[end..]}";
        }

        return page;
    }

    /// <summary>Checks, before the work is done, that a page can take its result.</summary>
    /// <exception cref="InvalidDataException">The page lacks a marker.</exception>
    public static void Require(string path, IEnumerable<string> sections) => Read(path, "", sections.ToDictionary(name => name, _ => ""));

    /// <summary>Replaces sections of a file.</summary>
    /// <exception cref="InvalidDataException">The page lacks a marker.</exception>
    /// <exception cref="FileNotFoundException">There is no such page.</exception>
    public static void Update(string path, string command, IReadOnlyDictionary<string, string> sections)
    {
        var page = Read(path, command, sections);
        AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(page)));
    }

    private static string Read(string path, string command, IReadOnlyDictionary<string, string> sections)
    {
        try { return Replace(File.ReadAllText(path), command, sections); }
        catch (InvalidDataException e) { throw new InvalidDataException($"{path}: {e.Message}", e); }
    }
}

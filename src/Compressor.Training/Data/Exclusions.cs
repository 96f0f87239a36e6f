using System.Security.Cryptography;

namespace Compressor.Training.Data;

/// <summary>
/// What must not be trained on: text that a model is to be measured on, and names (authors, collections) that others measure
/// compressors with. A figure on text that the model has read would say nothing.
/// </summary>
/// <param name="names">A file whose path contains one of these, in any case of letters, is left out.</param>
/// <param name="heldOut">A file most of whose text is in these is left out.</param>
internal sealed class Exclusions(IReadOnlyList<string> names, IEnumerable<TextDocument> heldOut)
{
    /// <summary>Texts are compared by runs of so many lines: single lines are in many files by chance.</summary>
    private const int RunLength = 3;

    /// <summary>So are shorter runs, of closing brackets for example.</summary>
    private const int MinRunBytes = 32;

    private readonly HashSet<UInt128> _heldOut = [.. heldOut.SelectMany(d => Runs(d.Text)).Select(run => run.Hash)];

    /// <summary>The documents that may be trained on, in their order.</summary>
    /// <param name="documents">All documents of a folder.</param>
    /// <param name="note">Is told, in a line each, which were left out and why.</param>
    public List<TextDocument> Filter(IReadOnlyList<TextDocument> documents, Action<string> note)
    {
        var kept = new List<TextDocument>(documents.Count);
        foreach (var document in documents)
        {
            if (names.FirstOrDefault(name => document.Path.Contains(name, StringComparison.OrdinalIgnoreCase)) is { } name)
                note($"{document.Path}: excluded by name ({name})");
            else if (IsHeldOut(document))
                note($"{document.Path}: in the held-out text, skipped");
            else
                kept.Add(document);
        }

        return kept;
    }

    /// <summary>Reads a list of names: one a line; empty lines and those that start with '#' do not count.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static List<string> ReadNames(string path) =>
        [.. File.ReadLines(path).Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#')];

    /// <summary>More than half of it, by bytes in runs of lines, is held-out text.</summary>
    private bool IsHeldOut(TextDocument document)
    {
        if (_heldOut.Count == 0)
            return false;
        long all = 0, known = 0;
        foreach (var (hash, length) in Runs(document.Text))
        {
            all += length;
            known += _heldOut.Contains(hash) ? length : 0;
        }

        return known * 2 > all;
    }

    /// <summary>Every <see cref="RunLength"/> consecutive lines, without indentation and empty lines; a text of fewer lines is one run.</summary>
    private static List<(UInt128 Hash, int Length)> Runs(byte[] text)
    {
        var lines = new List<(int Start, int Length)>();
        foreach (var range in text.AsSpan().Split((byte)'\n'))
        {
            var (start, _) = range.GetOffsetAndLength(text.Length);
            var line = text.AsSpan(range);
            var indent = line.Length - line.TrimStart(" \t"u8).Length;
            line = line.Trim(" \t\r"u8);
            if (line.Length > 0)
                lines.Add((start + indent, line.Length));
        }

        var runs = new List<(UInt128, int)>();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        for (var first = 0; first == 0 || first + RunLength <= lines.Count; first++)
        {
            var length = 0;
            foreach (var (start, count) in lines.Skip(first).Take(RunLength))
            {
                hash.AppendData(text, start, count);
                hash.AppendData("\n"u8);
                length += count;
            }

            hash.GetHashAndReset(digest);
            if (length >= MinRunBytes)
                runs.Add((BitConverter.ToUInt128(digest), length));
        }

        return runs;
    }
}

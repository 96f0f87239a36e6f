using Compressor.Filters;

namespace Compressor.Training.Data;

/// <summary>One file of a training folder: its path relative to the folder ('/' between parts) and its text.</summary>
internal sealed record TextDocument(string Path, byte[] Text)
{
    /// <summary>The document as the codec shows it to a model: wrapped lines joined, where its filter would do that.</summary>
    public TextDocument WithoutLineBreaks() => new LineBreakFilter().Apply(Text) is { } joined ? this with { Text = joined.Text } : this;
}

/// <summary>
/// The files of a folder as training text, in ordinal order of their relative paths, so that the folder's content
/// alone decides what is trained on. Line ends are normalised as the codec's filter does: CRLF becomes LF.
/// </summary>
internal static class TextFolder
{
    /// <summary>A NUL among this many first bytes marks a file as binary (as git and grep decide).</summary>
    private const int BinaryProbeLength = 8000;

    /// <summary>Reads every text file below <paramref name="folder"/>.</summary>
    /// <param name="folder">The folder; sub-folders are read too.</param>
    /// <param name="note">Is told, in a line each, which files were left out and why.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">It holds no text file.</exception>
    public static List<TextDocument> Read(string folder, Action<string>? note = null)
    {
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"the data folder '{folder}' does not exist");
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.Hidden | FileAttributes.System };
        var files = Directory.EnumerateFiles(folder, "*", options)
            .Select(file => (Path: Path.GetRelativePath(folder, file).Replace(Path.DirectorySeparatorChar, '/'), File: file))
            .OrderBy(f => f.Path, StringComparer.Ordinal);
        var documents = new List<TextDocument>();
        foreach (var (path, file) in files)
        {
            if (!File.Exists(file))
            {
                note?.Invoke($"{path}: a link to nothing, or a name that is not UTF-8; skipped");
                continue;
            }

            if (LengthOf(file) == 0)
            {
                // Nor is a pipe opened, which would wait for someone to write into it.
                note?.Invoke($"{path}: empty, or no regular file; skipped");
                continue;
            }

            var text = File.ReadAllBytes(file);
            if (text.AsSpan(0, Math.Min(text.Length, BinaryProbeLength)).Contains((byte)0))
                note?.Invoke($"{path}: binary, skipped");
            else
                documents.Add(new TextDocument(path, NormaliseLineEnds(text)));
        }

        return documents.Count > 0 ? documents : throw new InvalidDataException($"the data folder '{folder}' holds no text file");
    }

    private static long LengthOf(string file) =>
        new FileInfo(File.ResolveLinkTarget(file, returnFinalTarget: true)?.FullName ?? file).Length;

    private static byte[] NormaliseLineEnds(byte[] text)
    {
        if (text.AsSpan().IndexOf("\r\n"u8) < 0)
            return text;
        var result = new byte[text.Length];
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\r' || i + 1 == text.Length || text[i + 1] != '\n')
                result[length++] = text[i];
        }

        return result[..length];
    }
}

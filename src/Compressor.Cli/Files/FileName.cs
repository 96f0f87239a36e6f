using System.Text;

namespace Compressor.Cli.Files;

/// <summary>
/// Names of files on a command line. To Unix a name is bytes, to .NET it is text: bytes that are not UTF-8 are replaced before the tool sees them,
/// and what is left would be the name of another file.
/// </summary>
internal static class FileName
{
    private const char Replacement = '\uFFFD';

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly Lazy<HashSet<string>> ReplacedWords = new(() => ReadReplacedWords("/proc/self/cmdline"));

    /// <exception cref="IOException">A name was given in bytes that are no UTF-8.</exception>
    public static void RequireText(string path, string subject = "the name")
    {
        // A file may have the replacement character in its name: only the bytes of the command line tell, where they can be seen.
        if (path.Contains(Replacement, StringComparison.Ordinal)
            && (OperatingSystem.IsLinux() ? ReplacedWords.Value.Any(word => word.EndsWith(path, StringComparison.Ordinal)) : !Path.Exists(path)))
            throw new IOException($"{subject} is not UTF-8 text, and only such names can be used: rename the file, or use standard input and output");
    }

    private static HashSet<string> ReadReplacedWords(string commandLine)
    {
        var words = new HashSet<string>(StringComparer.Ordinal);
        var bytes = File.ReadAllBytes(commandLine).AsSpan();
        foreach (var range in bytes.Split((byte)0))
        {
            try
            {
                _ = Strict.GetCharCount(bytes[range]);
            }
            catch (DecoderFallbackException)
            {
                words.Add(Encoding.UTF8.GetString(bytes[range]));
            }
        }

        return words;
    }
}

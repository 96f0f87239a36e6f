namespace Compressor.Cli.Commands;

/// <summary>
/// Command lines as people know them from gzip, xz and zstd, turned into commands: <c>compressor -9 FILE</c>, <c>-dc</c>, <c>-t</c>, <c>-l</c>, the names
/// <c>unlmz</c> and <c>lmzcat</c> as links to the program, and options of every day in a variable of the environment.
/// </summary>
internal static class FamiliarForms
{
    /// <summary>Options for <c>compress</c> that come before those of the command line.</summary>
    public const string OptionsVariable = "LMZ_OPT";

    private const string Compress = "compress", Decompress = "decompress";

    private static readonly string[] NoCommand = ["-h", "--help", "-V", "--version"];

    // A letter, its long names, and the command.
    private static readonly (char Letter, string[] Names, string Command)[] Modes =
    [
        ('z', ["--compress"], Compress),
        ('d', ["--decompress", "--uncompress"], Decompress),
        ('t', ["--test"], "test"),
        ('l', ["--list"], "list"),
        ('b', ["--benchmark"], "benchmark"),
    ];

    /// <summary>Letters that may stand in one word with that of a mode: options of the commands that take no value.</summary>
    private const string Letters = "cfkqrv0123456789";

    /// <param name="words">The command line.</param>
    /// <param name="isCommand">Whether a word is the name of a command.</param>
    /// <param name="program">The name that the program was started by.</param>
    /// <param name="isPipe">Whether the standard input and output are not the user's terminal.</param>
    /// <returns>A command line that begins with a command, or the same one where nothing is known of it.</returns>
    public static IReadOnlyList<string> Replace(IReadOnlyList<string> words, Predicate<string> isCommand, string program, bool isPipe)
    {
        if (words is [var only, ..] && NoCommand.Contains(only))
            return words;
        switch (Path.GetFileNameWithoutExtension(program))
        {
            case "unlmz": return [Decompress, .. words];
            case "lmzcat": return [Decompress, "-c", .. words];
            default: break;
        }

        if (words is [])
            return isPipe ? [Compress] : words;
        if (isCommand(words[0]))
            return words;
        if (words[0] is "help")
            return [.. words.Skip(1), "--help"];
        return words[0].StartsWith('-') || File.Exists(words[0]) || Directory.Exists(words[0]) ? WithCommand(words) : words;
    }

    /// <summary>The options of <see cref="OptionsVariable"/> put before those that were given.</summary>
    public static IReadOnlyList<string> WithOptions(IReadOnlyList<string> words, string? options) =>
        options is not null && words is [Compress, ..]
            ? [Compress, .. options.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries), .. words.Skip(1)] : words;

    private static IReadOnlyList<string> WithCommand(IReadOnlyList<string> words)
    {
        var command = Compress;
        var rest = new List<string>();
        for (var i = 0; i < words.Count; i++)
        {
            if (words[i] == "--")
            {
                rest.AddRange(words.Skip(i));
                break;
            }

            var word = words[i];
            foreach (var (letter, names, mode) in Modes)
            {
                if (!names.Contains(word) && !IsBundleWith(letter, word))
                    continue;
                command = mode;
                word = names.Contains(word) ? "-" : word.Replace(letter.ToString(), "", StringComparison.Ordinal);
            }

            if (word != "-" || words[i] == "-")
                rest.Add(word);
        }

        return [command, .. rest];
    }

    /// <summary>Whether a word is a dash and letters of options that take no value, this one among them.</summary>
    private static bool IsBundleWith(char letter, string word) =>
        word.Length > 1 && word[0] == '-' && word.Contains(letter) && word.AsSpan(1).IndexOfAnyExcept(Letters + letter) < 0;
}

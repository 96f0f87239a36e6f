namespace Compressor.Cli.Commands;

/// <summary>Names that options had in earlier versions. They still work, but no help shows them.</summary>
internal static class OldOptionNames
{
    private static readonly (string Old, string New)[] Names = [("--prime", "--dictionary"), ("--no-memory", "--no-mixing")];

    /// <summary>The words of a command line with today's names; what follows <c>--</c> are names of files.</summary>
    public static IReadOnlyList<string> Replace(IReadOnlyList<string> words)
    {
        var options = words.TakeWhile(word => word != "--").ToList();
        return [.. options.Select(Replace), .. words.Skip(options.Count)];
    }

    private static string Replace(string word)
    {
        foreach (var (old, today) in Names)
        {
            if (word == old || word.StartsWith($"{old}=", StringComparison.Ordinal) || word.StartsWith($"{old}:", StringComparison.Ordinal))
                return $"{today}{word[old.Length..]}";
        }

        return word;
    }
}

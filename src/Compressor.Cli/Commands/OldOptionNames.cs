namespace Compressor.Cli.Commands;

/// <summary>Names that options had in earlier versions. They still work, but no help shows them.</summary>
internal static class OldOptionNames
{
    private const string Old = "--prime";
    private const string New = "--dictionary";

    /// <summary>The words of a command line with today's names; what follows <c>--</c> are names of files.</summary>
    public static IReadOnlyList<string> Replace(IReadOnlyList<string> words)
    {
        var options = words.TakeWhile(word => word != "--").ToList();
        return [.. options.Select(Replace), .. words.Skip(options.Count)];
    }

    private static string Replace(string word) =>
        word == Old || word.StartsWith($"{Old}=", StringComparison.Ordinal) || word.StartsWith($"{Old}:", StringComparison.Ordinal)
            ? $"{New}{word[Old.Length..]}" : word;
}

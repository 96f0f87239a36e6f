namespace Compressor.Cli.Commands;

/// <summary>What somebody may have meant who misspelt a word.</summary>
internal static class Suggestion
{
    /// <summary>The end of a message: <c>; did you mean 'compress'?</c>, or nothing where no word is close.</summary>
    /// <param name="word">What was written.</param>
    /// <param name="words">What could have been.</param>
    public static string For(string word, IEnumerable<string> words)
    {
        var closest = words.Select(known => (Word: known, Distance: Distance(word, known))).DefaultIfEmpty(("", int.MaxValue)).MinBy(pair => pair.Item2);
        return closest.Item2 <= Math.Max(1, word.Length / 3) ? $"; did you mean '{closest.Item1}'?" : "";
    }

    /// <summary>The fewest letters to insert, delete, replace, or swap with the next (Damerau, restricted) that make one word of the other.</summary>
    private static int Distance(string a, string b)
    {
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            d[i, 0] = i;
        for (var j = 0; j <= b.Length; j++)
            d[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                d[i, j] = Math.Min(Math.Min(d[i - 1, j], d[i, j - 1]) + 1, d[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
            }
        }

        return d[a.Length, b.Length];
    }
}

using System.Text;
using Compressor.Symbols;

namespace Compressor.Tests.Symbols;

/// <summary>Tokenizers with merges made up for tests.</summary>
internal static class TestTokenizers
{
    /// <summary>Knows a few words and common endings.</summary>
    public static Tokenizer Words { get; } = new(MergesFor("the", " the", " of", " and", " don", "'t", "...", "lice", "\n\n", "    ", "aaaa", "漢字"));

    /// <summary>Merges that build each word from its left end, leaving out those that are there already.</summary>
    public static List<(int Left, int Right)> MergesFor(params string[] words)
    {
        var merges = new List<(int, int)>();
        var ids = new Dictionary<string, int>();
        foreach (var word in words)
        {
            var bytes = Encoding.UTF8.GetBytes(word);
            var left = (int)bytes[0];
            for (var end = 1; end < bytes.Length; end++)
            {
                var text = Convert.ToHexString(bytes[..(end + 1)]);
                if (!ids.TryGetValue(text, out var merged))
                {
                    merged = Tokenizer.FirstMerge + merges.Count;
                    merges.Add((left, bytes[end]));
                    ids.Add(text, merged);
                }

                left = merged;
            }
        }

        return merges;
    }
}

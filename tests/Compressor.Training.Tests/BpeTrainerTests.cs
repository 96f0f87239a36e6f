using System.Text;
using Compressor.Symbols;
using Compressor.Training.Tokenization;
using FsCheck;
using FsCheck.Fluent;

namespace Compressor.Training.Tests;

public class BpeTrainerTests
{
    [Fact]
    public void FirstMergesAreTheMostFrequentPairs()
    {
        var merges = Train("low low low low lower lower newest newest newest newest newest newest widest widest widest", 260, 32);
        // e s: 9, s t: 9, " n" n e e w w e: 6 …; of the ties the lowest ids.
        Assert.Equal([('e', 's'), (257, 't'), (' ', 'n')], merges);
    }

    [Fact]
    public void AgreesWithCountingEverythingAnewAfterEachMerge()
    {
        var letter = Gen.Elements('a', 'b', 'c', ' ', '\n', '1');
        var text = Gen.ArrayOf(letter).Select(a => new string(a)).ToArbitrary();
        Prop.ForAll(text, t => Assert.Equal(TrainNaively(t, 257 + 12, 5), Train(t, 257 + 12, 5)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(200).WithEndSize(300));
    }

    [Fact]
    public void TokensAreDistinctAndWithinTheLengthLimit()
    {
        var text = string.Concat(Enumerable.Range(0, 400).Select(i => $"abcabcabcabd aab{i % 7} aabb "));
        var tokenizer = new Tokenizer(Train(text, 400, 6));
        var spellings = Enumerable.Range(0, tokenizer.VocabularySize).Where(id => id != Tokenizer.BeginningOfSequence)
            .Select(id => Convert.ToHexString(tokenizer.BytesOf(id))).ToArray();
        Assert.Equal(spellings.Length, spellings.Distinct().Count());
        Assert.All(spellings, s => Assert.InRange(s.Length / 2, 1, 6));
        Assert.Contains(spellings, s => s.Length / 2 == 6);
    }

    [Fact]
    public void StopsWhenNoPairRepeats() => Assert.Empty(Train("abcdefg", 4096, 32));

    private static (int, int)[] Train(string text, int vocabularySize, int maxLength)
    {
        var preTokens = new PreTokenCounts();
        preTokens.AddText(Encoding.UTF8.GetBytes(text));
        return BpeTrainer.Train(preTokens, vocabularySize, maxLength);
    }

    /// <summary>The definition: count all pairs of all pre-tokens, merge the best one everywhere, repeat.</summary>
    private static (int, int)[] TrainNaively(string text, int vocabularySize, int maxLength)
    {
        var preTokens = new List<List<int>>();
        for (ReadOnlySpan<byte> rest = Encoding.UTF8.GetBytes(text); !rest.IsEmpty;)
        {
            var length = PreTokenizer.FirstPreTokenLength(rest);
            preTokens.Add([.. rest[..length].ToArray().Select(b => (int)b)]);
            rest = rest[length..];
        }

        var spellings = Enumerable.Range(0, 256).Select(b => ((char)b).ToString()).Append("").ToList();
        var merges = new List<(int, int)>();
        while (Tokenizer.FirstMerge + merges.Count < vocabularySize)
        {
            var best = preTokens.SelectMany(p => p.Zip(p.Skip(1)))
                .GroupBy(pair => pair)
                .Where(g => g.Count() >= 2 && (spellings[g.Key.First] + spellings[g.Key.Second]).Length <= maxLength
                    && !spellings.Contains(spellings[g.Key.First] + spellings[g.Key.Second]))
                .OrderByDescending(g => g.Count()).ThenBy(g => g.Key.First).ThenBy(g => g.Key.Second)
                .FirstOrDefault();
            if (best is null)
                break;
            var merged = Tokenizer.FirstMerge + merges.Count;
            spellings.Add(spellings[best.Key.First] + spellings[best.Key.Second]);
            merges.Add(best.Key);
            foreach (var preToken in preTokens)
            {
                for (var i = 0; i + 1 < preToken.Count; i++)
                {
                    if ((preToken[i], preToken[i + 1]) == best.Key)
                    {
                        preToken[i] = merged;
                        preToken.RemoveAt(i + 1);
                    }
                }
            }
        }

        return [.. merges];
    }
}

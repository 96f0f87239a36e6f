using System.Text;
using Compressor.Symbols;
using FsCheck;
using FsCheck.Fluent;

namespace Compressor.Tests.Symbols;

public class TokenizerTests
{
    [Fact]
    public void EarlierMergesGoFirstAndLeftmostOfEqual()
    {
        var tokenizer = new Tokenizer([('b', 'c'), ('a', 'b'), ('a', 'a'), (259, 'a')]);
        Assert.Equal(['a', 257], Encode(tokenizer, "abc"));
        Assert.Equal([258, 'x'], Encode(tokenizer, "abx"));
        Assert.Equal([260], Encode(tokenizer, "aaa"));
        Assert.Equal([259, 259], Encode(tokenizer, "aaaa"));
        Assert.Equal([259, 260], Encode(tokenizer, "aaaaa"));
    }

    [Fact]
    public void MergesNeverCrossPreTokens()
    {
        var tokenizer = new Tokenizer([('a', ' '), (' ', 'a')]);
        Assert.Equal(['a', 258, ' '], Encode(tokenizer, "a a "));
    }

    [Fact]
    public void AnyBytesRoundTrip() =>
        Prop.ForAll(SampleBytes.Arbitrary, data =>
        {
            var tokens = Encode(TestTokenizers.Words, data);
            Assert.DoesNotContain(Tokenizer.BeginningOfSequence, tokens);
            Assert.Equal(data, TestTokenizers.Words.Decode(tokens));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500).WithEndSize(600));

    [Fact]
    public void EqualsThePlainestImplementation()
    {
        // Small alphabet, every merge of small tokens likely: many overlaps and ties.
        var random = new Random(7);
        for (var round = 0; round < 20; round++)
        {
            var tokenizer = RandomTokenizer(random, "ab c.", 60);
            for (var repeat = 0; repeat < 50; repeat++)
            {
                var data = Enumerable.Range(0, random.Next(200)).Select(_ => (byte)"ab c."[random.Next(5)]).ToArray();
                Assert.Equal(EncodePlainly(tokenizer, data), Encode(tokenizer, data));
            }
        }
    }

    [Fact]
    public void CachedPreTokensHaveTheSameTokens()
    {
        var data = SampleBytes.Text(5000);
        var first = Encode(TestTokenizers.Words, data);
        Assert.Equal(first, Encode(TestTokenizers.Words, data)); // with a warm cache
        Assert.Equal(first, Encode(new Tokenizer(TestTokenizers.Words.Merges), data));
    }

    [Fact]
    public void SpellsItsTokens()
    {
        var tokenizer = new Tokenizer([('t', 'h'), (257, 'e')]);
        Assert.Equal(259, tokenizer.VocabularySize);
        Assert.Equal("the"u8.ToArray(), tokenizer.BytesOf(258).ToArray());
        Assert.Equal([0xC3], tokenizer.BytesOf(0xC3).ToArray());
        Assert.Empty(tokenizer.BytesOf(Tokenizer.BeginningOfSequence).ToArray());
    }

    [Fact]
    public void RefusesImpossibleMerges()
    {
        Assert.Contains("does not exist", Refusal(('a', 257)), StringComparison.Ordinal);
        Assert.Contains("does not exist", Refusal(('a', Tokenizer.BeginningOfSequence)), StringComparison.Ordinal);
        Assert.Contains("does not exist", Refusal((-1, 'a')), StringComparison.Ordinal);
        Assert.Contains("repeats", Refusal(('a', 'b'), ('a', 'b')), StringComparison.Ordinal);
        Assert.Contains("already there", Refusal(('a', 'b'), ('b', 'c'), (257, 'c'), ('a', 258)), StringComparison.Ordinal);
        Assert.Contains("more than 64", Refusal(('a', 'a'), (257, 257), (258, 258), (259, 259), (260, 260), (261, 261), (262, 'a')), StringComparison.Ordinal);

        static string Refusal(params (int, int)[] merges) => Assert.Throws<ArgumentException>(() => new Tokenizer(merges)).Message;
    }

    private static int[] Encode(Tokenizer tokenizer, string text) => Encode(tokenizer, Encoding.UTF8.GetBytes(text));

    private static int[] Encode(Tokenizer tokenizer, byte[] data)
    {
        var tokens = new List<int>();
        tokenizer.Encode(data, tokens);
        return [.. tokens];
    }

    private static Tokenizer RandomTokenizer(Random random, string alphabet, int count)
    {
        var merges = new List<(int, int)>();
        while (merges.Count < count)
        {
            merges.Add((Pick(), Pick()));
            try
            {
                _ = new Tokenizer(merges);
            }
            catch (ArgumentException)
            {
                merges.RemoveAt(merges.Count - 1);
            }
        }

        return new Tokenizer(merges);

        int Pick()
        {
            var choice = random.Next(alphabet.Length + Math.Min(merges.Count, 12));
            return choice < alphabet.Length ? alphabet[choice] : Tokenizer.FirstMerge + choice - alphabet.Length;
        }
    }

    /// <summary>Applies every merge in turn to the whole pre-token.</summary>
    private static List<int> EncodePlainly(Tokenizer tokenizer, byte[] data)
    {
        var tokens = new List<int>();
        for (var start = 0; start < data.Length;)
        {
            var length = PreTokenizer.FirstPreTokenLength(data.AsSpan(start));
            var preToken = data.Skip(start).Take(length).Select(value => (int)value).ToList();
            for (var rank = 0; rank < tokenizer.Merges.Count; rank++)
            {
                for (var i = 0; i + 1 < preToken.Count; i++)
                {
                    if ((preToken[i], preToken[i + 1]) == tokenizer.Merges[rank])
                    {
                        preToken[i] = Tokenizer.FirstMerge + rank;
                        preToken.RemoveAt(i + 1);
                    }
                }
            }

            tokens.AddRange(preToken);
            start += length;
        }

        return tokens;
    }
}

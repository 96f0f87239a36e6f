using System.Text;
using Compressor.Symbols;
using Compressor.Training.Data;

namespace Compressor.Training.Tests;

public class MixtureTests
{
    [Fact]
    public void SharesHoldAndEverySourceKeepsCountOfItsTurns()
    {
        UInt128[] parts = [5, 3, 2_000_000, 1_000_000];
        var schedule = new MixtureSchedule(parts, DeterministicRandom.For(1, 2));
        var turns = new long[parts.Length];
        const int Rounds = 3;
        for (long sequence = 0; sequence < Rounds * MixtureSchedule.Period; sequence++)
        {
            var (source, index) = schedule[sequence];
            Assert.Equal(turns[source]++, index);
        }

        // The smallest have a place all the same.
        Assert.Equal([Rounds, Rounds, Rounds * 681, Rounds * 341], turns);
    }

    [Fact]
    public void AllOfASourceIsReadBeforeAnyOfItAgain()
    {
        // 'a' is read three times while 'b' is read once; both are 40 windows of 10 tokens.
        var mixture = new TokenMixture([(Corpus('a', 399), 300), (Corpus('b', 399), 100)]);
        var sampler = new BatchSampler(mixture, 4, 10, 5);
        var counts = new int[256];
        for (var step = 0; step < 1024; step++)
        {
            foreach (var target in sampler.Sample(step).Targets.Where(t => t != Batch.Ignored))
                counts[target]++;
        }

        Assert.InRange(counts['a'] / (double)counts['b'], 2.98, 3.02);
        Assert.Equal(1, mixture.BytesPerToken);
    }

    [Fact]
    public void ABatchIsAFunctionOfSeedAndStep()
    {
        var mixture = new TokenMixture([(Corpus('a', 300), 1), (Corpus('k', 700), 4)]);
        var inOrder = new BatchSampler(mixture, 3, 16, 7);
        var expected = Enumerable.Range(0, 90).Select(step => inOrder.Sample(step).Targets).ToArray();
        var backwards = new BatchSampler(mixture, 3, 16, 7);
        for (var step = 89; step >= 0; step--)
            Assert.Equal(expected[step], backwards.Sample(step).Targets);
    }

    [Fact]
    public void BytesPerTokenFollowsTheWeights()
    {
        var tokenizer = new Tokenizer([('x', 'x')]);
        var pairs = TokenCorpus.Create([new TextDocument("p", "xxxxxxxx"u8.ToArray())], tokenizer, 1);   // 4 tokens
        var singles = TokenCorpus.Create([new TextDocument("s", "yyyyyyyy"u8.ToArray())], tokenizer, 1); // 8 tokens
        Assert.Equal(32.0 / 20, new TokenMixture([(pairs, 3), (singles, 1)]).BytesPerToken);
    }

    [Fact]
    public void TheVocabularyFollowsTheWeights()
    {
        using var folder = new TemporaryFolder();
        var alphabet = string.Concat(Enumerable.Repeat("the quick brown fox jumps over the lazy dog\n", 2)); // pairs enough for a vocabulary
        folder.File("rare/a.txt", string.Concat(Enumerable.Repeat("qz qz qz qz\n", 50)));
        folder.File("common/b.txt", string.Concat(Enumerable.Repeat("ab ab ab ab\n", 100)) + alphabet);
        Assert.Equal("ab", FirstMerge(1));
        Assert.Equal("qz", FirstMerge(3));

        string FirstMerge(decimal weight)
        {
            var data = new TrainingData([new(folder.At("common")), new(folder.At("rare")) { Weight = weight }], new Exclusions([], []), _ => { });
            return Encoding.ASCII.GetString(data.LearnTokenizer(288, 8, default).BytesOf(Tokenizer.FirstMerge));
        }
    }

    [Fact]
    public void WeightsBelongToTheIdentityOfTheData()
    {
        using var folder = new TemporaryFolder();
        folder.File("a/a.txt", "some text");
        folder.File("b/b.txt", "other text");
        string equal = Fingerprint(1), weighted = Fingerprint(2);
        Assert.Equal(equal, Fingerprint(1));
        Assert.NotEqual(equal, weighted);

        string Fingerprint(decimal weight) =>
            new TrainingData([new(folder.At("a")), new(folder.At("b")) { Weight = weight }], new Exclusions([], []), _ => { }).Fingerprint();
    }

    private static TokenCorpus Corpus(char letter, int count) =>
        TokenCorpus.Create([new TextDocument($"{letter}", Encoding.ASCII.GetBytes(new string(letter, count)))], new Tokenizer([]), threads: 1);
}

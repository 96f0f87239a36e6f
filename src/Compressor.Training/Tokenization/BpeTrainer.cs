using System.Runtime.InteropServices;
using System.Text;
using Compressor.Symbols;

namespace Compressor.Training.Tokenization;

/// <summary>
/// Learns byte-level BPE merges: again and again the most frequent adjacent pair of tokens becomes a new token.
/// Ties go to the lowest pair of ids, so the result is a function of the pre-token counts alone. No two tokens stand for
/// the same bytes: a pair that would repeat a token is passed over.
/// </summary>
/// <remarks>
/// Pair counts are kept up to date incrementally: a merge visits only the words that hold the pair. A count can only
/// fall once its pair's tokens exist (new occurrences always hold the newest token), so the priority queue may hold
/// counts that are too high, never too low; a stale head is pushed back with its present count.
/// </remarks>
internal sealed class BpeTrainer
{
    /// <summary>A pair seen only once is not worth a token.</summary>
    private const long MinimumCount = 2;

    private readonly List<byte[]> _tokens = [];                     // [tokens] what each stands for
    private readonly HashSet<string> _spellings = new(StringComparer.Ordinal);
    private readonly List<List<int>> _words = [];                   // [distinct pre-tokens] token ids
    private readonly List<long> _wordCounts = [];                   // [distinct pre-tokens]
    private readonly Dictionary<(int Left, int Right), long> _pairCounts = [];
    private readonly Dictionary<(int Left, int Right), List<int>> _pairWords = [];
    private readonly PriorityQueue<(int Left, int Right), (long NegativeCount, int Left, int Right)> _queue = new();
    private readonly int _maxTokenLength;

    private BpeTrainer(PreTokenCounts preTokens, int maxTokenLength)
    {
        _maxTokenLength = maxTokenLength;
        for (var value = 0; value < Tokenizer.BeginningOfSequence; value++)
            _tokens.Add([(byte)value]);
        _tokens.Add([]);
        for (var i = 0; i < preTokens.Count; i++)
        {
            var preToken = preTokens.PreToken(i);
            if (preToken.Length > 1)
            {
                _wordCounts.Add(preTokens.Occurrences(i));
                _words.Add([.. preToken.Select(b => (int)b)]);
            }
        }
    }

    /// <summary>Learns merges until there are <paramref name="vocabularySize"/> tokens or no pair repeats.</summary>
    /// <returns>The merges by rank; merge r makes token <see cref="Tokenizer.FirstMerge"/> + r.</returns>
    public static (int Left, int Right)[] Train(PreTokenCounts preTokens, int vocabularySize, int maxTokenLength,
        CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabularySize, Tokenizer.FirstMerge);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxTokenLength, 2);
        return new BpeTrainer(preTokens, maxTokenLength).Run(vocabularySize - Tokenizer.FirstMerge, cancellationToken);
    }

    private (int Left, int Right)[] Run(int maxMerges, CancellationToken cancellationToken)
    {
        for (var word = 0; word < _words.Count; word++)
        {
            var tokens = CollectionsMarshal.AsSpan(_words[word]);
            for (var i = 0; i + 1 < tokens.Length; i++)
                Add((tokens[i], tokens[i + 1]), word);
        }

        foreach (var (pair, count) in _pairCounts)
            Enqueue(pair, count);

        var merges = new List<(int, int)>();
        while (merges.Count < maxMerges && _queue.TryDequeue(out var pair, out var priority))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var count = _pairCounts[pair];
            if (count < -priority.NegativeCount)
                Enqueue(pair, count);
            else if (_spellings.Add(Encoding.Latin1.GetString(Spell(pair)))) // another pair may already spell the same token
            {
                merges.Add(pair);
                Merge(pair);
            }
        }

        return [.. merges];
    }

    private void Merge((int Left, int Right) pair)
    {
        var merged = _tokens.Count;
        _tokens.Add(Spell(pair));
        _pairWords.Remove(pair, out var words);
        var created = new List<(int, int)>();
        foreach (var word in words!)
            MergeInWord(word, pair, merged, created);
        foreach (var newPair in created)
            Enqueue(newPair, _pairCounts[newPair]);
    }

    private void MergeInWord(int word, (int Left, int Right) pair, int merged, List<(int, int)> created)
    {
        var list = _words[word];
        var tokens = CollectionsMarshal.AsSpan(list);
        if (!Contains(tokens, pair))
            return; // listed twice and merged already, or overtaken by another merge

        for (var i = 0; i + 1 < tokens.Length; i++)
            _pairCounts[(tokens[i], tokens[i + 1])] -= _wordCounts[word];

        var length = 0;
        for (var i = 0; i < tokens.Length; i++)
        {
            var merge = tokens[i] == pair.Left && i + 1 < tokens.Length && tokens[i + 1] == pair.Right;
            tokens[length++] = merge ? merged : tokens[i];
            if (merge)
                i++;
        }

        list.RemoveRange(length, list.Count - length);
        tokens = CollectionsMarshal.AsSpan(list);
        for (var i = 0; i + 1 < tokens.Length; i++)
        {
            (int Left, int Right) next = (tokens[i], tokens[i + 1]);
            if (next.Left != merged && next.Right != merged)
                _pairCounts[next] += _wordCounts[word];
            else if (Add(next, word))
                created.Add(next);
        }
    }

    private static bool Contains(ReadOnlySpan<int> tokens, (int Left, int Right) pair)
    {
        for (var i = 0; i + 1 < tokens.Length; i++)
        {
            if (tokens[i] == pair.Left && tokens[i + 1] == pair.Right)
                return true;
        }

        return false;
    }

    private byte[] Spell((int Left, int Right) pair) => [.. _tokens[pair.Left], .. _tokens[pair.Right]];

    /// <summary>Counts one more place of a pair; true when the pair is new.</summary>
    private bool Add((int Left, int Right) pair, int word)
    {
        ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(_pairCounts, pair, out var exists);
        count += _wordCounts[word];
        ref var words = ref CollectionsMarshal.GetValueRefOrAddDefault(_pairWords, pair, out _);
        words ??= [];
        if (words.Count == 0 || words[^1] != word)
            words.Add(word);
        return !exists;
    }

    private void Enqueue((int Left, int Right) pair, long count)
    {
        if (count >= MinimumCount && _tokens[pair.Left].Length + _tokens[pair.Right].Length <= _maxTokenLength)
            _queue.Enqueue(pair, (-count, pair.Left, pair.Right));
    }
}

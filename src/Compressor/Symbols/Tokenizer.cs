using System.Collections.Concurrent;
using System.Text;

namespace Compressor.Symbols;

/// <summary>
/// Byte-level byte-pair encoding. Ids 0 to 255 are the single bytes, 256 is <see cref="BeginningOfSequence"/>, and
/// 257 onwards are the merges in order of rank. Any byte string has tokens and comes back from them. Immutable;
/// shared by threads.
/// </summary>
/// <remarks>
/// A pre-token (see <see cref="PreTokenizer"/>) starts as its bytes; then, again and again, the adjacent pair of the
/// earliest merge, the leftmost of several, becomes one token.
/// </remarks>
internal sealed class Tokenizer : ITokenizer
{
    /// <summary>The token before the first of every sequence. It stands for no bytes and never occurs in data.</summary>
    public const int BeginningOfSequence = 256;

    /// <summary>How <see cref="BeginningOfSequence"/> is written in files.</summary>
    public const string BeginningOfSequenceText = "<|bos|>";

    /// <summary>The id of the first merge.</summary>
    public const int FirstMerge = 257;

    /// <summary>The largest vocabulary allowed.</summary>
    public const int MaxVocabularySize = 65536;

    private readonly (int Left, int Right)[] _merges;
    private readonly MergeTable _mergeTable;
    private readonly byte[] _bytes; // of all tokens, one after the other
    private readonly int[] _starts; // [vocabulary + 1]: where in _bytes each token starts
    private readonly ConcurrentBag<PreTokenCache> _caches = []; // those not in use by a running Encode

    /// <param name="merges">Pairs of token ids in order of rank, each of ids that exist before it.</param>
    /// <exception cref="ArgumentException">
    /// A merge names an unknown token, repeats a pair, or makes a token that is already there or longer than
    /// <see cref="PreTokenizer.MaxPreTokenLength"/>; or there are too many.
    /// </exception>
    public Tokenizer(IReadOnlyList<(int Left, int Right)> merges)
    {
        if (merges.Count > MaxVocabularySize - FirstMerge)
            throw new ArgumentException($"{merges.Count} merges make a vocabulary of more than {MaxVocabularySize}.", nameof(merges));

        _merges = [.. merges];
        _mergeTable = new MergeTable(_merges, FirstMerge);
        (_bytes, _starts) = SpellOut(_merges);
    }

    /// <summary>The number of ids, <see cref="BeginningOfSequence"/> among them.</summary>
    public int VocabularySize => FirstMerge + _merges.Length;

    /// <summary>The merges in order of rank.</summary>
    public IReadOnlyList<(int Left, int Right)> Merges => _merges;

    /// <summary>The bytes that a token stands for.</summary>
    public ReadOnlySpan<byte> BytesOf(int id) => _bytes.AsSpan(_starts[id], _starts[id + 1] - _starts[id]);

    /// <summary>Appends the tokens of <paramref name="data"/> to <paramref name="tokens"/>.</summary>
    public void Encode(ReadOnlySpan<byte> data, List<int> tokens)
    {
        if (!_caches.TryTake(out var cache))
            cache = new PreTokenCache();

        while (!data.IsEmpty)
        {
            var preToken = data[..PreTokenizer.FirstPreTokenLength(data)];
            EncodePreToken(preToken, cache, tokens);
            data = data[preToken.Length..];
        }

        _caches.Add(cache);
    }

    /// <summary>The bytes that the tokens stand for.</summary>
    public byte[] Decode(ReadOnlySpan<int> tokens)
    {
        var length = 0;
        foreach (var token in tokens)
            length += BytesOf(token).Length;

        var data = new byte[length];
        var rest = data.AsSpan();
        foreach (var token in tokens)
        {
            BytesOf(token).CopyTo(rest);
            rest = rest[BytesOf(token).Length..];
        }

        return data;
    }

    private void EncodePreToken(ReadOnlySpan<byte> preToken, PreTokenCache cache, List<int> tokens)
    {
        if (preToken.Length == 1)
        {
            tokens.Add(preToken[0]);
            return;
        }

        var cached = preToken.Length <= PreTokenCache.MaxPreTokenLength ? cache.Find(preToken) : [];
        if (!cached.IsEmpty)
        {
            tokens.AddRange(cached);
            return;
        }

        Span<int> merged = stackalloc int[PreTokenizer.MaxPreTokenLength];
        merged = merged[..Merge(preToken, merged)];
        tokens.AddRange(merged);
        if (preToken.Length <= PreTokenCache.MaxPreTokenLength)
            cache.Add(preToken, merged);
    }

    /// <summary>Merges one pre-token of at least two bytes; returns the number of tokens it becomes.</summary>
    private int Merge(ReadOnlySpan<byte> preToken, Span<int> tokens)
    {
        // pairs[i] is what tokens[i] and tokens[i + 1] would become. A merge changes at most two entries, and a scan
        // of 64 integers for the smallest is cheaper than keeping a heap in order.
        Span<int> pairs = stackalloc int[PreTokenizer.MaxPreTokenLength];
        var count = preToken.Length;
        for (var i = 0; i < count; i++)
            tokens[i] = preToken[i];
        for (var i = 0; i < count - 1; i++)
            pairs[i] = _mergeTable.Find(preToken[i], preToken[i + 1]);

        while (count > 1)
        {
            var best = IndexOfMin(pairs[..(count - 1)]);
            if (pairs[best] == MergeTable.None)
                break;

            tokens[best] = pairs[best];
            tokens[(best + 2)..count].CopyTo(tokens[(best + 1)..]);
            pairs[(best + 1)..(count - 1)].CopyTo(pairs[best..]);
            count--;
            if (best > 0)
                pairs[best - 1] = _mergeTable.Find(tokens[best - 1], tokens[best]);
            if (best < count - 1)
                pairs[best] = _mergeTable.Find(tokens[best], tokens[best + 1]);
        }

        return count;
    }

    /// <summary>The first index of the smallest value.</summary>
    private static int IndexOfMin(ReadOnlySpan<int> values)
    {
        var best = 0;
        for (var i = 1; i < values.Length; i++)
        {
            if (values[i] < values[best])
                best = i;
        }

        return best;
    }

    private static (byte[] Bytes, int[] Starts) SpellOut((int Left, int Right)[] merges)
    {
        var bytes = new List<byte>();
        var starts = new int[FirstMerge + merges.Length + 1];
        for (var value = 0; value < 256; value++)
        {
            starts[value] = value;
            bytes.Add((byte)value);
        }

        starts[BeginningOfSequence] = bytes.Count;
        starts[FirstMerge] = bytes.Count;

        // Two tokens of the same bytes could not be told apart in a file, where the vocabulary maps text to id.
        var spelled = new HashSet<string>(StringComparer.Ordinal) { BeginningOfSequenceText };
        for (var rank = 0; rank < merges.Length; rank++)
        {
            var (left, right) = merges[rank];
            var id = FirstMerge + rank;
            if (!Exists(left, id) || !Exists(right, id))
                throw new ArgumentException($"Merge {rank} names a token that does not exist before it: ({left}, {right}).", nameof(merges));

            var start = bytes.Count;
            foreach (var part in (ReadOnlySpan<int>)[left, right])
                bytes.AddRange(bytes[starts[part]..starts[part + 1]]);
            if (bytes.Count - start > PreTokenizer.MaxPreTokenLength)
                throw new ArgumentException($"Merge {rank} makes a token of more than {PreTokenizer.MaxPreTokenLength} bytes.", nameof(merges));
            if (!spelled.Add(Encoding.Latin1.GetString([.. bytes[start..]])))
                throw new ArgumentException($"Merge {rank} makes a token that is already there: ({left}, {right}).", nameof(merges));

            starts[id + 1] = bytes.Count;
        }

        return ([.. bytes], starts);

        static bool Exists(int token, int id) => (uint)token < (uint)id && token != BeginningOfSequence;
    }
}

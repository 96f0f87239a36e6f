namespace Compressor.Prediction;

/// <summary>
/// The vocabulary of a model as a tree of binary decisions: the bits of a token's bytes, most significant first, and, where the bytes
/// so far are a token that others continue, whether they go on. So a token is coded in the same decisions as the bytes that it stands
/// for, and a mixing model of bytes can take part in each. Immutable.
/// </summary>
/// <remarks>
/// Tokens are numbered by the order of their byte strings: their ranks. Rank 0 is the token without bytes that begins a sequence and is
/// never coded. Other tokens without bytes have no rank: they never occur, and a network need not predict them.
/// (*1) The tokens that agree with the decisions so far are a range of ranks [low, high), at first [1, V): strings with the same start are
/// neighbours, and of those the start itself comes first.
/// (*2) A range of two or more has one next decision, which divides it into [low, middle) for a 0 and [middle, high) for a 1, neither of them
/// empty. Bits that are the same for the whole range are no decisions.
/// (*3) No other range is divided at the same middle, so it names the decision: there are V − 2, from 2 to V − 1.
/// </remarks>
internal sealed class TokenTree
{
    /// <summary>The largest vocabulary: ranks have 18 bits.</summary>
    public const int MaxVocabularySize = 1 << RankBits;

    private const int RankBits = 18;

    /// <summary>A token that never occurs.</summary>
    public const int NoRank = -1;

    /// <summary>Places of decisions for each byte of a token: its eight bits, then whether the token goes on after it.</summary>
    public const int PlacesPerByte = 9;

    /// <summary>The place, within those of a byte, of the decision whether the token goes on.</summary>
    public const int ContinuePlace = 8;

    private readonly int[] _ids;              // [V]
    private readonly int[] _ranks;            // [ids]
    private readonly byte[] _bytes;           // of all tokens by rank, one after the other
    private readonly int[] _starts;           // [V + 1] where in _bytes each starts
    private readonly Node[] _nodes;           // [V] by middle

    /// <param name="spellings">The bytes of each token by id, of those that have bytes all different; at least two have.</param>
    /// <param name="start">The id of the token that begins a sequence, which has no bytes; null if only one has none.</param>
    /// <exception cref="ArgumentException">They are not.</exception>
    public TokenTree(byte[][] spellings, int? start = null)
    {
        var first = start ?? Array.FindIndex(spellings, spelling => spelling.Length == 0);
        if ((uint)first >= (uint)spellings.Length || spellings[first].Length > 0 || (start is null && spellings.Count(spelling => spelling.Length == 0) != 1))
            throw new ArgumentException("No token has no bytes, or not only that which begins a sequence.", nameof(spellings));
        int[] order = [.. Enumerable.Range(0, spellings.Length).Where(id => spellings[id].Length > 0)];
        Array.Sort(order, (a, b) => spellings[a].AsSpan().SequenceCompareTo(spellings[b]));
        order = [first, .. order];
        var count = order.Length;
        if (count is < 3 or > MaxVocabularySize) throw new ArgumentException($"{count} tokens are not within 3 to {MaxVocabularySize}.", nameof(spellings));
        _ids = order;
        _ranks = new int[spellings.Length];
        _ranks.AsSpan().Fill(NoRank);
        _starts = new int[count + 1];
        var bytes = new List<byte>();
        for (var rank = 0; rank < count; rank++)
        {
            var spelling = spellings[order[rank]];
            if (rank > 0 && spelling.AsSpan().SequenceEqual(spellings[order[rank - 1]]))
                throw new ArgumentException($"Token {order[rank]} has the bytes of another.", nameof(spellings));
            _ranks[order[rank]] = rank;
            bytes.AddRange(spelling);
            _starts[rank + 1] = bytes.Count;
        }
        _bytes = [.. bytes];
        _nodes = new Node[count];
        Root = Divide(1, count, 0);
    }

    /// <summary>Tokens, V.</summary>
    public int VocabularySize => _ids.Length;

    /// <summary>The middle of the first decision.</summary>
    public int Root { get; }

    /// <summary>Ids, from 0: those of tokens without a rank too.</summary>
    public int IdCount => _ranks.Length;

    /// <summary>The token's place in the order of byte strings; <see cref="NoRank"/> if it never occurs.</summary>
    public int RankOf(int id) => _ranks[id];

    /// <summary>The token's number in its model.</summary>
    public int IdOf(int rank) => _ids[rank];

    /// <summary>The bytes of a token.</summary>
    public ReadOnlySpan<byte> BytesOf(int rank) => _bytes.AsSpan(_starts[rank], _starts[rank + 1] - _starts[rank]);

    /// <summary>How many bytes a token has.</summary>
    public int LengthOf(int rank) => _starts[rank + 1] - _starts[rank];

    /// <summary>The ids of the tokens by rank.</summary>
    public ReadOnlySpan<int> Order => _ids;

    /// <summary>The decision that divides its range at <paramref name="middle"/>.</summary>
    public ref readonly Node NodeAt(int middle) => ref _nodes[middle];

    /// <summary>How many decisions lead to a token.</summary>
    public int DecisionsOf(int rank)
    {
        var count = 0;
        for (var middle = Root; middle != 0; count++) middle = _nodes[middle].Child(rank >= middle ? 1 : 0);
        return count;
    }

    /// <summary>Builds the part of the tree below a range; returns its middle, 0 for a single token.</summary>
    private int Divide(int low, int high, int place)
    {
        if (high - low == 1) return 0;
        // All tokens of the range agree before the place, and none ends before its byte: such a token was divided off.
        while (true)
        {
            int index = place / PlacesPerByte, bit = place % PlacesPerByte;
            var middle = bit == ContinuePlace ? low + (_starts[low + 1] - _starts[low] == index + 1 ? 1 : 0) : FirstWithBit(low, high, index, 7 - bit);
            place++;
            if (middle == low || middle == high) continue;
            _nodes[middle] = new Node(place - 1, Divide(low, middle, place), Divide(middle, high, place));
            return middle;
        }
    }

    /// <summary>The first rank of a range in which a bit of a byte is set; the ranges before it agree.</summary>
    private int FirstWithBit(int low, int high, int index, int shift)
    {
        while (low < high)
        {
            var middle = (low + high) / 2;
            if ((_bytes[_starts[middle] + index] >> shift & 1) == 1) high = middle;
            else low = middle + 1;
        }
        return low;
    }

    /// <summary>A decision, in eight bytes: a walk down the tree is a few loads.</summary>
    /// <param name="place">Where it is: index of the byte · <see cref="PlacesPerByte"/> + the bit's index in it, or <see cref="ContinuePlace"/>.</param>
    /// <param name="zero">The middle of the decision that follows a 0; 0 if only one token is left.</param>
    /// <param name="one">The same after a 1.</param>
    internal readonly struct Node(int place, int zero, int one)
    {
        private readonly ulong _packed = (ulong)(uint)place << 2 * RankBits | (ulong)(uint)one << RankBits | (uint)zero;

        /// <summary>Where it is.</summary>
        public int Place => (int)(_packed >> 2 * RankBits);

        /// <summary>The middle of the decision that follows; 0 if only one token is left.</summary>
        public int Child(int bit) => (int)(_packed >> bit * RankBits) & MaxVocabularySize - 1;
    }
}

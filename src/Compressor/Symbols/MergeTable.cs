using System.Numerics;

namespace Compressor.Symbols;

/// <summary>
/// The merges of a byte-pair encoding: from a pair of adjacent tokens to the token that replaces them. An immutable
/// open-addressing hash table, because merging a pre-token spends its time in this look-up.
/// </summary>
internal sealed class MergeTable
{
    /// <summary>The answer for a pair that has no merge; greater than every token id.</summary>
    public const int None = int.MaxValue;

    private const ulong EmptyKey = ulong.MaxValue;

    private readonly ulong[] _keys;
    private readonly int[] _merged;
    private readonly int _shift;

    /// <param name="merges">Pairs of token ids in order of rank; pair k becomes token <paramref name="firstId"/> + k.</param>
    /// <param name="firstId">The id of the first merge's result.</param>
    /// <exception cref="ArgumentException">A pair occurs twice.</exception>
    public MergeTable(IReadOnlyList<(int Left, int Right)> merges, int firstId)
    {
        // At most half full: probe chains stay short.
        var bits = BitOperations.Log2((uint)merges.Count * 2 + 1) + 1;
        _shift = 64 - bits;
        _keys = new ulong[1 << bits];
        _merged = new int[1 << bits];
        Array.Fill(_keys, EmptyKey);
        for (var rank = 0; rank < merges.Count; rank++)
        {
            var (left, right) = merges[rank];
            var slot = Slot(Key(left, right));
            if (_keys[slot] != EmptyKey)
                throw new ArgumentException($"Merge {rank} repeats the pair ({left}, {right}).", nameof(merges));

            _keys[slot] = Key(left, right);
            _merged[slot] = firstId + rank;
        }
    }

    /// <summary>The token that replaces the pair, or <see cref="None"/>. The lower the id, the earlier its merge.</summary>
    public int Find(int left, int right)
    {
        var slot = Slot(Key(left, right));
        return _keys[slot] == EmptyKey ? None : _merged[slot];
    }

    /// <summary>The slot that holds the key, or the empty one where it belongs.</summary>
    private int Slot(ulong key)
    {
        var slot = (int)((key * 0x9E3779B97F4A7C15) >> _shift);
        while (_keys[slot] != key && _keys[slot] != EmptyKey)
            slot = (slot + 1) & (_keys.Length - 1);
        return slot;
    }

    private static ulong Key(int left, int right) => ((ulong)(uint)left << 32) | (uint)right;
}

namespace Compressor.Symbols;

/// <summary>
/// The merges of somebody else's byte-pair encoding, where the order of merges is not that of ids: again and again the adjacent pair of the earliest merge, the
/// leftmost of several, becomes one token.
/// </summary>
/// <param name="merges">From a pair (left in the high 32 bits) to the merge's place in the order and the token that it makes.</param>
internal sealed class RankedMerges(Dictionary<ulong, (int Rank, int Token)> merges)
{
    /// <summary>The key of a pair.</summary>
    public static ulong Key(int left, int right) => (ulong)(uint)left << 32 | (uint)right;

    /// <summary>Merges tokens in place; returns how many are left. Takes n log n time for n tokens, so that text without borders is no trap.</summary>
    public int Merge(Span<int> tokens)
    {
        var count = tokens.Length;
        if (count < 2) return count;
        int[] next = new int[count], previous = new int[count];
        for (var i = 0; i < count; i++) (next[i], previous[i]) = (i + 1, i - 1);
        var queue = new PriorityQueue<(int Position, int Left, int Right, int Merged), (int Rank, int Position)>();
        for (var i = 0; i + 1 < count; i++) Offer(tokens, i, i + 1);
        while (queue.TryDequeue(out var merge, out _))
        {
            // One of the two may have become part of another since.
            var right = next[merge.Position];
            if (tokens[merge.Position] != merge.Left || right >= count || tokens[right] != merge.Right) continue;
            tokens[merge.Position] = merge.Merged;
            tokens[right] = -1;
            next[merge.Position] = next[right];
            if (next[right] < count) previous[next[right]] = merge.Position;
            if (previous[merge.Position] >= 0) Offer(tokens, previous[merge.Position], merge.Position);
            if (next[merge.Position] < count) Offer(tokens, merge.Position, next[merge.Position]);
        }
        var left = 0;
        for (var i = 0; i < count; i = next[i]) tokens[left++] = tokens[i];
        return left;

        void Offer(Span<int> tokens, int first, int second)
        {
            if (merges.TryGetValue(Key(tokens[first], tokens[second]), out var merge))
                queue.Enqueue((first, tokens[first], tokens[second], merge.Token), (merge.Rank, first));
        }
    }
}

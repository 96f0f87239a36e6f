using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Compressor.RangeCoding;

namespace Compressor.Prediction;

/// <summary>
/// From softmax weights to intervals of the coder's range, in integers.
/// </summary>
/// <remarks>
/// With weights w_v ≥ 0, P(v) = Σ_{u&lt;v} w_u, E = P(V) &gt; 0 and T = 2^<see cref="Interval.PrecisionBits"/>, token v owns
/// [C(v), C(v + 1)) where C(v) = v + ⌊P(v) · (T − V) / E⌋.
/// (*1) C(0) = 0 and C(V) = V + (T − V) = T: the intervals fill the range.
/// (*2) C(v + 1) ≥ C(v) + 1, as P does not decrease: every token can be coded.
/// (*3) Nothing overflows 64 bits: P ≤ V · 2^bits ≤ 2^34 by <see cref="WeightBits"/>, and (2^34) · (2^30 − V) &lt; 2^64.
/// </remarks>
internal static unsafe class TokenDistribution
{
    /// <summary>Tokens whose weights are summed together on the way to a prefix sum.</summary>
    public const int BlockLength = 32;

    /// <summary>Blocks of a row of weights, the last of which may be partly padding.</summary>
    public static int Blocks(int vocabularySize) => (vocabularySize + BlockLength - 1) / BlockLength;

    /// <summary>Weights are kept in rows of this length: V and zeros up to a whole block.</summary>
    public static int RowLength(int vocabularySize) => Blocks(vocabularySize) * BlockLength;

    /// <summary>The weight of the most probable token is 2^WeightBits: 22, less where V &gt; 4096 would break (*3).</summary>
    public static int WeightBits(int vocabularySize) => Math.Min(22, 34 - BitOperations.Log2((uint)vocabularySize - 1) - 1);

    /// <summary>Fills prefixes [blocks + 1] with P at every block border, from weights [row length].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SumBlocks(int* weights, int vocabularySize, ulong* prefixes)
    {
        ulong sum = 0;
        int blocks = Blocks(vocabularySize);
        for (int b = 0; b < blocks; b++)
        {
            prefixes[b] = sum;
            int* block = weights + b * BlockLength;   // at most 32 · 2^22
            sum += (uint)Vector256.Sum(Vector256.Load(block) + Vector256.Load(block + 8) + Vector256.Load(block + 16) + Vector256.Load(block + 24));
        }
        prefixes[blocks] = sum;
    }

    /// <summary>The interval of a token.</summary>
    public static Interval IntervalOf(int token, int* weights, int vocabularySize, ulong* prefixes)
    {
        ulong total = prefixes[Blocks(vocabularySize)], prefix = prefixes[token / BlockLength];
        for (int v = token / BlockLength * BlockLength; v < token; v++) prefix += (uint)weights[v];
        uint start = Cumulative(token, prefix, total, vocabularySize);
        uint end = Cumulative(token + 1, prefix + (uint)weights[token], total, vocabularySize);
        return new Interval(start, end - start);
    }

    /// <summary>The token whose interval holds <paramref name="quantile"/> &lt; 2^PrecisionBits.</summary>
    public static int Find(uint quantile, int* weights, int vocabularySize, ulong* prefixes, out Interval interval)
    {
        int low = 0, high = Blocks(vocabularySize);
        ulong total = prefixes[high];
        // C at the start of block `low` ≤ quantile < C at the start of block `high`.
        while (high - low > 1)
        {
            int middle = (low + high) / 2;
            if (Cumulative(middle * BlockLength, prefixes[middle], total, vocabularySize) <= quantile) low = middle;
            else high = middle;
        }
        ulong prefix = prefixes[low];
        int token = low * BlockLength;
        uint start = Cumulative(token, prefix, total, vocabularySize);
        while (true)
        {
            prefix += (uint)weights[token];
            uint end = Cumulative(token + 1, prefix, total, vocabularySize);
            if (quantile < end)
            {
                interval = new Interval(start, end - start);
                return token;
            }
            start = end;
            token++;
        }
    }

    private static uint Cumulative(int token, ulong prefix, ulong total, int vocabularySize) =>
        (uint)token + (uint)(prefix * ((1ul << Interval.PrecisionBits) - (uint)vocabularySize) / total);
}

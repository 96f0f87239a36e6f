using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Compressor.RangeCoding;

namespace Compressor.Prediction;

/// <summary>
/// What a network makes of the next token: softmax weights by rank, and their sums. All that is coded by them is made of these, in integers.
/// </summary>
/// <remarks>
/// With weights w_r ≥ 0, P(r) = Σ_{u&lt;r} w_u, E = P(V) &gt; 0 and T = 2^<see cref="Interval.PrecisionBits"/>, rank r owns
/// [C(r), C(r + 1)) where C(r) = r + ⌊P(r) · (T − V) / E⌋.
/// (*1) C(0) = 0 and C(V) = V + (T − V) = T: the intervals fill the range.
/// (*2) C(r + 1) ≥ C(r) + 1, as P does not decrease: every token can be coded.
/// (*3) P ≤ V · 2^22 ≤ 2^40. Where V ≤ 4096, P ≤ 2^34 and P · (T − V) fits 64 bits; else it has 128.
/// A range of ranks has the mass M(low, high) = 2^m · (P(high) − P(low)) + (high − low) with m of <see cref="MassShift"/>: a small part of a weight's unit for each rank, so
/// small that all ranks together weigh no more than 2^−12 of the most probable token.
/// (*4) M is positive for every range that is not empty, and of two ranges side by side the masses add up to that of both, so the product of the
/// probabilities along a <see cref="TokenPath"/> is the share of the token in the whole.
/// (*5) M ≤ 2^47 + 2^18, so M · 2^16 fits 64 bits.
/// </remarks>
/// <param name="weights">[row length] weights; whoever uses the distribution keeps them alive.</param>
/// <param name="prefixes">[blocks + 1] their sums, see <see cref="SumBlocks"/>.</param>
/// <param name="vocabularySize">V, any number from 2.</param>
internal readonly unsafe ref struct TokenDistribution(int* weights, ulong* prefixes, int vocabularySize)
{
    /// <summary>Ranks whose weights are summed together on the way to a prefix sum.</summary>
    public const int BlockLength = 32;

    private readonly int* _weights = weights;
    private readonly ulong* _prefixes = prefixes;

    /// <summary>Tokens, V.</summary>
    public int VocabularySize { get; } = vocabularySize;

    private ulong Total => _prefixes[Blocks(VocabularySize)];

    /// <summary>The weight of the most probable token is 2^WeightBits.</summary>
    public const int WeightBits = 22;

    /// <summary>The largest V whose products fit 64 bits.</summary>
    private const int SmallVocabulary = 1 << 12;

    /// <summary>m of (*4): 2 up to 4096 tokens, one more for each doubling, 7 at most.</summary>
    public int MassShift => 2 + Math.Clamp(BitOperations.Log2((uint)VocabularySize - 1) + 1 - 12, 0, 5);

    /// <summary>Blocks of a row of weights, the last of which may be partly padding.</summary>
    public static int Blocks(int vocabularySize) => (vocabularySize + BlockLength - 1) / BlockLength;

    /// <summary>Weights are kept in rows of this length: V and zeros up to a whole block.</summary>
    public static int RowLength(int vocabularySize) => Blocks(vocabularySize) * BlockLength;

    /// <summary>Fills prefixes [blocks + 1] with P at every block border, from weights [row length].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SumBlocks(int* weights, int vocabularySize, ulong* prefixes)
    {
        ulong sum = 0;
        var blocks = Blocks(vocabularySize);
        for (var b = 0; b < blocks; b++)
        {
            prefixes[b] = sum;
            var block = weights + b * BlockLength;   // at most 32 · 2^22
            sum += (uint)Vector256.Sum(Vector256.Load(block) + Vector256.Load(block + 8) + Vector256.Load(block + 16) + Vector256.Load(block + 24));
        }
        prefixes[blocks] = sum;
    }

    /// <summary>P: the sum of the weights before a rank, at most V.</summary>
    public ulong SumBefore(int rank)
    {
        var sum = _prefixes[rank / BlockLength];
        for (var r = rank & -BlockLength; r < rank; r++) sum += (uint)_weights[r];
        return sum;
    }

    /// <summary>M: the mass of a range of ranks that is not empty.</summary>
    public ulong MassOf(int low, int high) => (SumBefore(high) - SumBefore(low) << MassShift) + (uint)(high - low);

    /// <summary>The interval of a rank.</summary>
    public Interval IntervalOf(int rank)
    {
        var before = SumBefore(rank);
        uint start = Cumulative(rank, before), end = Cumulative(rank + 1, before + (uint)_weights[rank]);
        return new Interval(start, end - start);
    }

    /// <summary>The rank whose interval holds <paramref name="quantile"/> &lt; 2^PrecisionBits.</summary>
    public int Find(uint quantile, out Interval interval)
    {
        int low = 0, high = Blocks(VocabularySize);
        // C at the start of block `low` ≤ quantile < C at the start of block `high`.
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            if (Cumulative(middle * BlockLength, _prefixes[middle]) <= quantile) low = middle;
            else high = middle;
        }
        var before = _prefixes[low];
        var rank = low * BlockLength;
        var start = Cumulative(rank, before);
        while (true)
        {
            before += (uint)_weights[rank];
            var end = Cumulative(rank + 1, before);
            if (quantile < end)
            {
                interval = new Interval(start, end - start);
                return rank;
            }
            start = end;
            rank++;
        }
    }

    private uint Cumulative(int rank, ulong before)
    {
        var share = (1ul << Interval.PrecisionBits) - (uint)VocabularySize;
        return (uint)rank + (VocabularySize <= SmallVocabulary ? (uint)(before * share / Total) : (uint)((UInt128)before * share / Total));
    }
}

using System.Numerics;

namespace Compressor.RangeCoding;

/// <summary>Logarithms in integers: what the encoder decides by them must not depend on a machine's.</summary>
internal static class InformationContent
{
    /// <summary>Bits after the point.</summary>
    public const int FractionBits = 16;

    private const int ProbabilityBits = 16, IndexBits = 12;

    private static readonly int[] Costs = [.. Enumerable.Range(0, 1 << IndexBits).Select(i =>
        (IndexBits << FractionBits) - Log2((uint)Math.Max(1, i)))];

    /// <summary>log₂ n, rounded down to 16 bits after the point; n is at least 1.</summary>
    public static int Log2(uint n)
    {
        var exponent = BitOperations.Log2(n);
        var mantissa = (ulong)n << (31 - exponent); // of 2^31, in [1, 2); squaring it doubles its logarithm
        var logarithm = exponent;
        for (var i = 0; i < FractionBits; i++)
        {
            mantissa = (mantissa * mantissa) >> 31;
            var bit = (int)(mantissa >> 32);
            mantissa >>= bit;
            logarithm = (2 * logarithm) + bit;
        }

        return logarithm;
    }

    /// <summary>What bytes cost by their own counts, with <see cref="FractionBits"/> bits after the point.</summary>
    /// <param name="counts">How often each value occurs.</param>
    /// <param name="total">How many bytes there are, at least 1.</param>
    public static long CostOf(ReadOnlySpan<int> counts, int total)
    {
        var cost = (long)total * Log2((uint)total);
        foreach (var count in counts)
        {
            if (count > 0)
                cost -= (long)count * Log2((uint)count);
        }

        return cost;
    }

    /// <summary>About what a decision costs, −log₂ of its probability, with <see cref="FractionBits"/> bits after the point.</summary>
    /// <param name="bit">The decision.</param>
    /// <param name="probability">Of a 1, of 2^16.</param>
    public static int CostOf(int bit, int probability) =>
        Costs[(bit == 1 ? probability : (1 << ProbabilityBits) - probability) >> (ProbabilityBits - IndexBits)];
}

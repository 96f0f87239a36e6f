namespace Compressor.RangeCoding;

/// <summary>
/// A symbol's share of the whole range of probabilities, in units of 2^-<see cref="PrecisionBits"/>: it has the
/// probability <paramref name="Width"/> / <see cref="Total"/> and lies after the symbols before it. The intervals of
/// a distribution do not overlap.
/// </summary>
/// <param name="Start">The sum of the widths of the symbols before, less than <see cref="Total"/>.</param>
/// <param name="Width">At least 1; <paramref name="Start"/> + <paramref name="Width"/> is at most <see cref="Total"/>.</param>
internal readonly record struct Interval(uint Start, uint Width)
{
    /// <summary>Probabilities are fixed-point numbers of this many bits.</summary>
    public const int PrecisionBits = 30;

    /// <summary>The width of certainty.</summary>
    public const uint Total = 1u << PrecisionBits;

    /// <summary>The probabilities of binary decisions are fixed-point numbers of this many bits.</summary>
    public const int BitPrecisionBits = 16;

    /// <summary>The share of one outcome of a binary decision: 1 comes first.</summary>
    /// <param name="bit">0 or 1.</param>
    /// <param name="probability">Of a 1, of 2^16; in [1, 2^16 − 1].</param>
    public static Interval OfBit(int bit, int probability)
    {
        var ones = (uint)probability << (PrecisionBits - BitPrecisionBits);
        return bit == 1 ? new Interval(0, ones) : new Interval(ones, Total - ones);
    }
}

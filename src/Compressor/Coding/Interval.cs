namespace Compressor.Coding;

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
}

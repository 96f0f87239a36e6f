using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Compressor;

/// <summary>
/// One of the parts that content is compressed or decompressed in, by processes that need not know of each other: number I of N. A part is some of the blocks, and
/// which it is follows from the length of the content and that of a block alone.
/// </summary>
/// <example><code>
/// var part = LmzPart.Parse("3/16");
/// (long offset, long length) = part.RangeOf(file.Length, options.BlockLength);
/// </code></example>
public readonly record struct LmzPart
{
    /// <summary>The most parts.</summary>
    public const int MaxCount = 1 << 20;

    /// <summary>Names a part.</summary>
    /// <param name="number">Which one, from 1 to <paramref name="count"/>.</param>
    /// <param name="count">How many there are, from 1 to <see cref="MaxCount"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public LmzPart(int number, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MaxCount);
        ArgumentOutOfRangeException.ThrowIfLessThan(number, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(number, count);
        Number = number;
        Count = count;
    }

    /// <summary>Which part it is, from 1.</summary>
    public int Number { get; }

    /// <summary>How many parts there are.</summary>
    public int Count { get; }

    /// <summary>Reads the name of a part.</summary>
    /// <param name="text">I/N, as <see cref="ToString"/> writes it.</param>
    /// <exception cref="FormatException">The text is anything else.</exception>
    public static LmzPart Parse(string text) =>
        TryParse(text, out var part) ? part : throw new FormatException($"A part is I/N with I from 1 to N and N up to {MaxCount}, not \"{text}\".");

    /// <summary>Reads the name of a part, if the text is one.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out LmzPart part)
    {
        part = default;
        if (text?.Split('/') is not [var number, var count] || !TryParseNumber(number, out var i) || !TryParseNumber(count, out var n) || i > n)
            return false;
        part = new LmzPart(i, n);
        return true;
    }

    /// <summary>Which content the part has.</summary>
    /// <param name="contentLength">The length of the whole content in bytes.</param>
    /// <param name="blockLength">The content of a block in bytes, see <see cref="LmzCompressionOptions.BlockLength"/>.</param>
    /// <returns>Where it starts in the whole content, and its length, in bytes; that is 0 for some parts where there are more of them than blocks.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A length is negative, or that of a block 0.</exception>
    public (long Offset, long Length) RangeOf(long contentLength, int blockLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(contentLength);
        ArgumentOutOfRangeException.ThrowIfLessThan(blockLength, 1);
        return new Frames.BlockLayout(contentLength, blockLength).RangeOf(this);
    }

    /// <summary>I/N.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Number}/{Count}");

    /// <summary>The part's share of so many items in a row: the first, and the one after the last. The shares differ by one item at most.</summary>
    internal (long First, long End) ShareOf(long items) =>
        ((long)((Int128)items * (Number - 1) / Count), (long)((Int128)items * Number / Count));

    private static bool TryParseNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number is >= 1 and <= MaxCount;
}

using System.Numerics;
using Compressor.Prediction.Mixing;
using Compressor.RangeCoding;

namespace Compressor.Filters;

/// <summary>
/// Writes the line breaks of wrapped text as the spaces that they stand for, and back. Where such a line ends follows from its length, not
/// from what it says: a model of language can only guess it, a count of columns knows it.
/// </summary>
/// <remarks>
/// A gap is a single space between two words, or a line break between two words that becomes one (<see cref="TextGaps"/>). Where the word
/// after a gap would end beyond the wrapping column, a binary decision beside the text says whether there is a break: coded with an
/// adaptive probability, by how far beyond. Breaks before a word that would have fitted stay in the text as they are.
/// </remarks>
internal static class LineBreakFilter
{
    /// <summary>The wrapping columns that the encoder chooses from.</summary>
    private const int MinColumn = 20, MaxColumn = 200;

    /// <summary>Decisions are told apart by how many columns beyond the word ends, up to this.</summary>
    private const int Contexts = 16;

    private const int Limit = 255, FirstProbability = (1 << Interval.BitPrecisionBits) / 8 * 7;

    /// <summary>What one break in the text costs when the model has to guess it, in bits: an estimate on the safe side.</summary>
    private const int BreakCost = 3;

    /// <summary>What a probability costs until it is learned, in bits.</summary>
    private const int ContextCost = 3;

    /// <summary>The least saving that is worth a filter, in bits.</summary>
    private const int MinGain = 64;

    private const int SpacesPerBreak = 4;

    /// <summary>Bits are counted in units of 2^-16 of one.</summary>
    private const int FractionBits = 16;

    private const byte Space = (byte)' ', LineFeed = (byte)'\n';

    /// <summary>Filters <paramref name="text"/> if that pays.</summary>
    /// <param name="text">Any bytes.</param>
    /// <param name="joined">The text without the breaks that its columns explain.</param>
    /// <param name="column">The wrapping column, at least 1.</param>
    /// <param name="decisions">The breaks: a message of the range coder.</param>
    /// <returns>False, with nothing in the results, when the text is better left as it is.</returns>
    public static bool TryApply(ReadOnlySpan<byte> text, out byte[] joined, out int column, out byte[] decisions)
    {
        column = ChooseColumn(text);
        (joined, decisions) = column > 0 ? Apply(text, column) : ([], []);
        return column > 0;
    }

    /// <summary>Filters <paramref name="text"/>, whether it pays or not.</summary>
    /// <param name="text">Any bytes.</param>
    /// <param name="column">The wrapping column, at least 1.</param>
    public static (byte[] Joined, byte[] Decisions) Apply(ReadOnlySpan<byte> text, int column)
    {
        using var probabilities = NewProbabilities();
        var coder = new RangeEncoder();
        var result = new List<byte>(text.Length);
        var copied = 0;
        var gaps = new TextGaps(text);
        while (gaps.MoveNext())
        {
            if (gaps.WordEnd <= column)
                continue;

            var context = ContextOf(gaps.WordEnd, column);
            coder.EncodeBit(gaps.IsBreak ? 1 : 0, probabilities.Predict(context));
            probabilities.Update(context, gaps.IsBreak ? 1 : 0);
            if (gaps.IsBreak)
            {
                result.AddRange(text[copied..gaps.Start]);
                result.Add(Space);
                copied = gaps.Next;
            }
        }

        result.AddRange(text[copied..]);
        return ([.. result], coder.Finish().ToArray());
    }

    /// <summary>Undoes <see cref="TryApply"/>.</summary>
    /// <param name="joined">Any bytes.</param>
    /// <param name="column">The wrapping column, at least 1.</param>
    /// <param name="decisions">The breaks.</param>
    /// <param name="maxBytes">The text may not be longer.</param>
    /// <exception cref="InvalidDataException">It is longer, or the decisions are not a message about this text.</exception>
    public static byte[] Expand(ReadOnlySpan<byte> joined, int column, ReadOnlyMemory<byte> decisions, int maxBytes)
    {
        using var probabilities = NewProbabilities();
        var decoder = new RangeDecoder(decisions);
        var text = new List<byte>(joined.Length);
        var prefix = default(LinePrefix);
        var start = LinePrefix.Of(joined);
        text.AddRange(start);
        var bodyStart = text.Count;
        var position = TextGaps.Characters(start); // in the line
        for (var i = start.Length; i < joined.Length && text.Count <= maxBytes; i++)
        {
            var value = joined[i];
            var wordEnd = value == Space && TextGaps.IsGap(joined, i) ? position + 1 + TextGaps.WordLength(joined[(i + 1)..]) : 0;
            if (wordEnd > column)
            {
                var context = ContextOf(wordEnd, column);
                var bit = decoder.DecodeBit(probabilities.Predict(context));
                probabilities.Update(context, bit);
                value = bit == 1 ? LineFeed : Space;
            }

            text.Add(value);
            position += TextGaps.StartsCharacter(value) ? 1 : 0;
            if (value != LineFeed)
                continue;
            start = wordEnd > column ? prefix.Continuation : LinePrefix.Of(joined[(i + 1)..]);
            if (wordEnd <= column)
                i += start.Length;
            prefix.Begin(start, text.Count - 1 > bodyStart);
            text.AddRange(start);
            bodyStart = text.Count;
            position = TextGaps.Characters(start);
        }

        if (text.Count > maxBytes)
            throw new InvalidDataException("Line breaks: the text is longer than the content.");
        decoder.Finish();
        return [.. text];
    }

    /// <summary>The wrapping column that saves most, or 0 if none is worth it.</summary>
    private static int ChooseColumn(ReadOnlySpan<byte> text)
    {
        // [column where the word after the gap ends]; the last are all from there on.
        Span<int> breaks = stackalloc int[MaxColumn + Contexts + 1], spaces = stackalloc int[MaxColumn + Contexts + 1];
        breaks.Clear();
        spaces.Clear();
        int allBreaks = 0, capitals = 0;
        var gaps = new TextGaps(text);
        while (gaps.MoveNext())
        {
            var end = Math.Min(gaps.WordEnd, breaks.Length - 1);
            if (!gaps.IsBreak)
            {
                spaces[end]++;
                continue;
            }

            breaks[end]++;
            allBreaks++;
            capitals += text[gaps.Next] is >= (byte)'A' and <= (byte)'Z' ? 1 : 0;
        }

        // Lines that start with capitals are verse, or lists: there the breaks are part of what is said.
        if (allBreaks < MinGain / BreakCost || capitals * 5L > allBreaks * 3L)
            return 0;

        // Where there are few spaces for a break, it is data in lines, whose structure the model should see.
        if (Sum(spaces) < (long)allBreaks * SpacesPerBreak)
            return 0;

        var best = 0;
        var maxGain = (long)MinGain << FractionBits;
        for (var column = MinColumn; column <= MaxColumn; column++)
        {
            long gain = 0;
            for (var context = 1; context < Contexts; context++)
                gain += Gain(breaks[column + context], spaces[column + context]);
            gain += Gain(Sum(breaks[(column + Contexts)..]), Sum(spaces[(column + Contexts)..]));
            if (gain > maxGain)
                (best, maxGain) = (column, gain);
        }

        return best;
    }

    /// <summary>What decisions of one context save: the cost of the breaks in the text, less that of the decisions.</summary>
    private static long Gain(int breaks, int spaces)
    {
        if (breaks + spaces == 0)
            return 0;
        var decisions = Information(breaks + spaces) - Information(breaks) - Information(spaces);
        return ((((long)BreakCost * breaks) - ContextCost) << FractionBits) - decisions;
    }

    /// <summary>n · log₂ n, in integers: the choice of a column must not depend on a machine's logarithm.</summary>
    private static long Information(int n)
    {
        if (n < 2)
            return 0;
        var exponent = BitOperations.Log2((uint)n);
        var mantissa = (ulong)n << (31 - exponent); // of 2^31, in [1, 2); squaring it doubles its logarithm
        long logarithm = exponent;
        for (var i = 0; i < FractionBits; i++)
        {
            mantissa = (mantissa * mantissa) >> 31;
            var bit = (int)(mantissa >> 32);
            mantissa >>= bit;
            logarithm = (2 * logarithm) + bit;
        }

        return n * logarithm;
    }

    private static int Sum(ReadOnlySpan<int> counts)
    {
        var sum = 0;
        foreach (var count in counts)
            sum += count;
        return sum;
    }

    private static int ContextOf(int wordEnd, int column) => Math.Min(wordEnd - column, Contexts) - 1;

    private static unsafe AdaptiveMap NewProbabilities()
    {
        var probabilities = new AdaptiveMap(Contexts, Limit);
        for (var i = 0; i < Contexts; i++)
            *probabilities[i] = AdaptiveProbability.Seed(FirstProbability);
        return probabilities;
    }
}

using Compressor.Container;
using Compressor.Prediction.Mixing;
using Compressor.RangeCoding;

namespace Compressor.Filters;

/// <summary>
/// Writes the line breaks of wrapped text as the spaces that they stand for, and back. Where such a line ends follows from its length, not
/// from what it says: a language model can only guess it, counting columns gives it.
/// </summary>
/// <remarks>
/// A gap is a single space between two words, or a line break between two words that becomes one (<see cref="TextGaps"/>). Where the word
/// after a gap would end beyond the wrapping column, a binary decision beside the text says whether there is a break: coded with an
/// adaptive probability, by how far beyond. Breaks before a word that would have fitted stay in the text as they are.
/// </remarks>
internal sealed class LineBreakFilter : IFilter
{
    /// <summary>The wrapping columns that the encoder chooses from.</summary>
    private const int MinColumn = 20, MaxColumn = 200;

    /// <summary>The context of a decision is by how many columns the word would pass the wrapping column, up to this.</summary>
    private const int Contexts = 16;

    private const int Limit = 255, FirstProbability = (1 << Interval.BitPrecisionBits) / 8 * 7;

    /// <summary>What one break in the text costs when the model has to guess it, in bits: an estimate on the safe side.</summary>
    private const int BreakCost = 3;

    /// <summary>What a probability costs until it is learned, in bits.</summary>
    private const int ContextCost = 3;

    /// <summary>The least saving that is worth a filter, in bits.</summary>
    private const int MinGain = 64;

    private const int SpacesPerBreak = 4;

    private const byte Space = (byte)' ', LineFeed = (byte)'\n';

    public LmzFilter Flag => LmzFilter.LineBreaks;

    /// <inheritdoc/>
    public FilterResult? Apply(ReadOnlySpan<byte> content) => ChooseColumn(content) is > 0 and var column ? Apply(content, column) : null;

    /// <summary>Filters <paramref name="content"/>, whether it pays or not.</summary>
    /// <param name="content">Any bytes.</param>
    /// <param name="column">The wrapping column, at least 1.</param>
    /// <returns>The data is the column and the decisions: a message of the range coder.</returns>
    public static FilterResult Apply(ReadOnlySpan<byte> content, int column)
    {
        using var probabilities = NewProbabilities();
        var coder = new RangeEncoder();
        var text = new List<byte>(content.Length);
        var copied = 0;
        var gaps = new TextGaps(content);
        while (gaps.MoveNext())
        {
            if (gaps.WordEnd <= column)
                continue;

            var context = ContextOf(gaps.WordEnd, column);
            var bit = gaps.IsBreak ? 1 : 0;
            coder.EncodeBit(bit, probabilities.Predict(context));
            probabilities.Update(context, bit);
            if (bit == 0)
                continue;
            text.AddRange(content[copied..gaps.Start]);
            text.Add(Space);
            copied = gaps.Next;
        }

        text.AddRange(content[copied..]);
        var data = new List<byte>();
        Varint.Write(data, column);
        data.AddRange(coder.Finish());
        return new FilterResult([.. text], [.. data]);
    }

    /// <inheritdoc/>
    /// <remarks>The walk is that of <see cref="Apply(ReadOnlySpan{byte}, int)"/>; only, what it passes as a space may turn out to be a break.</remarks>
    public byte[] Undo(ReadOnlySpan<byte> text, ReadOnlyMemory<byte> data, int maxBytes)
    {
        var decisions = data[Varint.Read(data.Span, out var column)..];
        if (column is < 1 or > BlockHeader.MaxContentLength)
            throw new InvalidDataException($"Line breaks: {column} is no wrapping column.");

        using var probabilities = NewProbabilities();
        var decoder = new RangeDecoder(decisions);
        var content = new List<byte>(text.Length);
        var copied = 0;
        var gaps = new TextGaps(text);
        while (gaps.MoveNext())
        {
            if (gaps.WordEnd <= column)
                continue;
            if (gaps.IsBreak)
                throw new InvalidDataException($"Line breaks: one that column {column} explains is in the text.");

            var context = ContextOf(gaps.WordEnd, (int)column);
            var bit = decoder.DecodeBit(probabilities.Predict(context));
            probabilities.Update(context, bit);
            if (bit == 0)
                continue;
            content.AddRange(text[copied..gaps.Start]);
            content.Add(LineFeed);
            content.AddRange(gaps.BreakLine());
            copied = gaps.Next;
            RequireLength(content.Count, maxBytes);
        }

        content.AddRange(text[copied..]);
        RequireLength(content.Count, maxBytes);
        decoder.Finish();
        return [.. content];
    }

    private static void RequireLength(int length, int maxBytes)
    {
        if (length > maxBytes)
            throw new InvalidDataException($"Line breaks: the text is longer than {maxBytes} bytes.");
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

        // Lines that start with capitals are verse, or lists: there the breaks carry meaning.
        if (allBreaks < MinGain / BreakCost || capitals * 5L > allBreaks * 3L)
            return 0;

        // Few spaces for each break: this is data in lines, whose structure the model should see.
        if (Sum(spaces) < (long)allBreaks * SpacesPerBreak)
            return 0;

        var best = 0;
        var maxGain = (long)MinGain << InformationContent.FractionBits;
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
        return ((((long)BreakCost * breaks) - ContextCost) << InformationContent.FractionBits) - decisions;
    }

    /// <summary>n · log₂ n.</summary>
    private static long Information(int n) => n < 2 ? 0 : n * (long)InformationContent.Log2((uint)n);

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

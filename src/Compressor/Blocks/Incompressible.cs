using Compressor.RangeCoding;

namespace Compressor.Blocks;

/// <summary>Recognises content that was compressed or encrypted already, in a fraction of the time that coding a sample of it takes.</summary>
internal static class Incompressible
{
    /// <summary>Content is looked at in windows of so many bytes, from the first to the last.</summary>
    private const int WindowLength = 1 << 12;

    /// <summary>
    /// The least that a window's bytes cost by their own counts, in hundredths of a bit a byte: random ones come to 7.955 ± 0.006, what JPEG or deflate wrote to 7.8
    /// to 7.95 in most windows and to much less in the one where a header or a table is.
    /// </summary>
    private const int MinCost = 792;

    /// <summary>Bytes of a repeat that is looked for, and log2 of the places that are remembered.</summary>
    private const int RepeatLength = 6, TableBits = 14;

    /// <summary>Whether every part of the content is as good as random: no candidate will make it smaller by more than one in a thousand.</summary>
    /// <param name="content">Any bytes; what is shorter than a window never looks so.</param>
    public static bool Looks(ReadOnlySpan<byte> content)
    {
        if (content.Length < WindowLength)
            return false;
        Span<int> counts = stackalloc int[256];
        var places = new int[1 << TableBits];
        for (var start = 0; start < content.Length; start += WindowLength)
        {
            var window = content.Slice(Math.Min(start, content.Length - WindowLength), WindowLength);
            counts.Clear();
            foreach (var value in window)
                counts[value]++;
            if (InformationContent.CostOf(counts, WindowLength) * 100 < (long)MinCost * WindowLength << InformationContent.FractionBits)
                return false;
            if (Repeats(content, start, Math.Min(start + WindowLength, content.Length), places))
                return false;
        }

        return true;
    }

    /// <summary>Whether something at one of the places of a window stood at an earlier place: in random bytes that happens once in 10¹⁰ places.</summary>
    private static bool Repeats(ReadOnlySpan<byte> content, int start, int end, int[] places)
    {
        for (var i = start; i + RepeatLength <= end; i++)
        {
            var six = content.Slice(i, RepeatLength);
            var hash = ((uint)(six[0] | (six[1] << 8) | (six[2] << 16) | (six[3] << 24)) * 2654435761u) ^ ((uint)(six[4] | (six[5] << 8)) * 40503u);
            ref var place = ref places[hash >> (32 - TableBits)];
            if (place > 0 && content.Slice(place - 1, RepeatLength).SequenceEqual(six))
                return true;
            place = i + 1;
        }

        return false;
    }
}

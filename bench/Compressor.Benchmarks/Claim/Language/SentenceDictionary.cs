using System.Text;
using Compressor.RangeCoding;

namespace Compressor.Benchmarks.Claim.Language;

/// <summary>
/// A text as a book of whole sentences: each sentence that occurs is listed once, in the order of first occurrence, and the text is the
/// numbers of its sentences. Whether a sentence is new, and which of the old ones it is, is coded with the frequencies so far.
/// </summary>
internal static class SentenceDictionary
{
    /// <summary>The list, a sentence a line.</summary>
    public static string ListOf(string text) => string.Concat(Lines(text).Distinct(StringComparer.Ordinal).Select(l => l + "\n"));

    /// <summary>The text given the list.</summary>
    public static byte[] Encode(string text)
    {
        var lines = Lines(text);
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        var counts = new PrefixCounts(lines.Length);
        var encoder = new RangeEncoder();
        for (var n = 0; n < lines.Length; n++)
        {
            var old = numbers.TryGetValue(lines[n], out var number);
            encoder.Encode(NewOrOld(!old, numbers.Count, n));
            if (old) encoder.Encode(Share(counts.Before(number), counts.Of(number), n));
            else numbers[lines[n]] = number = numbers.Count;
            counts.Add(number);
        }

        return [.. BitConverter.GetBytes(lines.Length), .. encoder.Finish()];
    }

    /// <summary>The text again.</summary>
    /// <exception cref="InvalidDataException">The data is not an encoder's.</exception>
    public static string Decode(string list, ReadOnlyMemory<byte> data)
    {
        var sentences = Lines(list);
        var length = BitConverter.ToInt32(data.Span);
        var counts = new PrefixCounts(sentences.Length);
        var decoder = new RangeDecoder(data[sizeof(int)..]);
        var text = new StringBuilder();
        var known = 0;
        for (var n = 0; n < length; n++)
        {
            var fresh = NewOrOld(true, known, n);
            var isNew = decoder.Quantile() < fresh.Width;
            decoder.Consume(NewOrOld(isNew, known, n));
            var number = known;
            if (isNew) known++;
            else
            {
                number = counts.Find(decoder.Quantile(), n);
                decoder.Consume(Share(counts.Before(number), counts.Of(number), n));
            }

            counts.Add(number);
            text.Append(sentences[number]).Append('\n');
        }

        decoder.Finish();
        return text.ToString();
    }

    /// <summary>Of n sentences, <paramref name="distinct"/> were new: that is how likely the next one is.</summary>
    private static Interval NewOrOld(bool isNew, int distinct, int n)
    {
        var width = n == 0 ? Interval.Total : (uint)((2L * distinct + 1) * (Interval.Total / (2L * n + 2)));
        return isNew ? new Interval(0, width) : new Interval(width, Interval.Total - width);
    }

    /// <summary><paramref name="count"/> of n, after <paramref name="before"/> of n.</summary>
    private static Interval Share(int before, int count, int n)
    {
        var start = (uint)((long)before * Interval.Total / n);
        return new Interval(start, (uint)((long)(before + count) * Interval.Total / n) - start);
    }

    private static string[] Lines(string text) => text.Split('\n')[..^1];

    /// <summary>Counts and their sums, both in logarithmic time.</summary>
    private sealed class PrefixCounts(int size)
    {
        private readonly int[] _tree = new int[size + 1];

        public void Add(int index)
        {
            for (var i = index + 1; i < _tree.Length; i += i & -i) _tree[i]++;
        }

        /// <summary>The sum of all before an index.</summary>
        public int Before(int index)
        {
            var sum = 0;
            for (var i = index; i > 0; i -= i & -i) sum += _tree[i];
            return sum;
        }

        public int Of(int index) => Before(index + 1) - Before(index);

        /// <summary>The last index whose share of n starts at or below a quantile.</summary>
        public int Find(uint quantile, int n)
        {
            int low = 0, high = _tree.Length - 1;
            while (high - low > 1)
            {
                var middle = (low + high) / 2;
                if ((uint)((long)Before(middle) * Interval.Total / n) <= quantile) low = middle;
                else high = middle;
            }

            return low;
        }
    }
}

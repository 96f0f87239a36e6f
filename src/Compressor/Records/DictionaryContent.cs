using Compressor.Container;

namespace Compressor.Records;

/// <summary>
/// The bytes of a dictionary, and where its samples end. A trained dictionary says so itself: it is the magic, the number of samples and their lengths, and then the
/// samples. Of any other data each line is a sample.
/// </summary>
/// <param name="Text">The samples one after the other, or the data as it is.</param>
/// <param name="Samples">The samples; those of lines are without the line ends.</param>
internal sealed record DictionaryContent(ReadOnlyMemory<byte> Text, IReadOnlyList<ReadOnlyMemory<byte>> Samples)
{
    private static ReadOnlySpan<byte> Magic => [0xFE, (byte)'L', (byte)'M', (byte)'D'];

    /// <summary>Data with that magic which does not go on as it should is no error, but lines.</summary>
    public static DictionaryContent Parse(ReadOnlyMemory<byte> content) =>
        content.Span.StartsWith(Magic) && ParseTrained(content) is { } trained ? trained : new DictionaryContent(content, LinesOf(content));

    /// <summary>The bytes of a trained dictionary.</summary>
    public static byte[] Format(IReadOnlyList<ReadOnlyMemory<byte>> samples)
    {
        var bytes = new List<byte>([.. Magic]);
        Varint.Write(bytes, samples.Count);
        foreach (var sample in samples)
            Varint.Write(bytes, sample.Length);
        foreach (var sample in samples)
            bytes.AddRange(sample.Span);
        return [.. bytes];
    }

    /// <summary>What a sample of a length takes in a dictionary, or a little more.</summary>
    public static int CostOf(int length) => length + (length < 0x80 ? 1 : length < 0x4000 ? 2 : 4);

    /// <summary>What a dictionary without samples takes, or a little more.</summary>
    public const int FixedCost = 8;

    private static DictionaryContent? ParseTrained(ReadOnlyMemory<byte> content)
    {
        var reader = new FormatReader(content[Magic.Length..], Magic.Length);
        var lengths = new int[reader.ReadNumber("number of samples", 1, content.Length)];
        for (var i = 0; i < lengths.Length; i++)
            lengths[i] = (int)reader.ReadNumber("length of a sample", 0, content.Length);
        var text = content[(Magic.Length + reader.Position)..];
        if (reader.Error is not null || lengths.Sum(length => (long)length) != text.Length)
            return null;
        var samples = new List<ReadOnlyMemory<byte>>();
        var start = 0;
        foreach (var length in lengths)
        {
            samples.Add(text.Slice(start, length));
            start += length;
        }

        return new DictionaryContent(text, samples);
    }

    private static List<ReadOnlyMemory<byte>> LinesOf(ReadOnlyMemory<byte> content)
    {
        var lines = new List<ReadOnlyMemory<byte>>();
        while (!content.IsEmpty)
        {
            var end = content.Span.IndexOf((byte)'\n');
            lines.Add(end < 0 ? content : content[..end]);
            content = end < 0 ? default : content[(end + 1)..];
        }

        return lines;
    }
}

using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Compressor.Tests;

/// <summary>Byte strings of every kind that a text compressor meets: words, broken UTF-8, runs, line ends, noise.</summary>
internal static class SampleBytes
{
    private static readonly string[] Words =
    [
        "the", " the", " of", " and", " don't", "I'll", "Alice", " 1865", "3.14", "...", ", ", "; ", " (", ")\n", "\t", "    ",
        "\n", "\r\n", "\r", "\r\r\n", "\n\r", "\n\n", " é", "über", "漢字", "\U0001F600", "<p class=\"x\">", "</p>", "{\"a\": 1},", "_", "'", " '", "\0",
    ];

    private static readonly string[] WrappedWords = "the of a and rabbit when suddenly she had been looking daisies very sleepy whether".Split(' ');

    /// <summary>A generator whose strings grow with FsCheck's size, up to twice as long as that.</summary>
    public static Gen<byte[]> Generator { get; } = Gen.Sized(size => Gen.Frequency(
        (4, Fragments(size)),
        (2, Noise(size)),
        (1, Runs(size)),
        (1, Gen.Constant(Array.Empty<byte>())),
        (1, Noise(1))));

    /// <summary>The generator with a shrinker that drops halves and single bytes.</summary>
    public static Arbitrary<byte[]> Arbitrary { get; } = Arb.From(Generator, Shrink);

    /// <summary>English-like text of exactly <paramref name="length"/> bytes, always the same for the same seed.</summary>
    public static byte[] Text(int length, int seed = 1)
    {
        var random = new Random(seed);
        var text = new StringBuilder();
        while (text.Length < length)
            text.Append(Words[random.Next(8)]).Append(random.Next(12) == 0 ? ".\n" : "");
        return Encoding.ASCII.GetBytes(text.ToString())[..length];
    }

    /// <summary>Words in lines of at most <paramref name="column"/> characters, each after <paramref name="prefix"/>, without a line break at the end.</summary>
    public static byte[] Wrapped(int length, int column, string prefix = "", int seed = 1)
    {
        var random = new Random(seed);
        var (text, line) = (new StringBuilder(), new StringBuilder(prefix));
        while (text.Length + line.Length < length)
        {
            var word = WrappedWords[random.Next(WrappedWords.Length)];
            if (line.Length > prefix.Length && line.Length + 1 + word.Length > column)
            {
                text.Append(line).Append('\n');
                line.Clear().Append(prefix);
            }

            line.Append(line.Length > prefix.Length ? " " : "").Append(word);
        }

        return Encoding.ASCII.GetBytes(text.Append(line).ToString());
    }

    /// <summary>Random bytes, always the same for the same seed.</summary>
    public static byte[] Random(int length, int seed = 1)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Records of a counter, one of a few kinds, values that wander and a byte of noise, always the same for the same seed.</summary>
    public static byte[] Records(int count, int length, int seed = 1)
    {
        var random = new Random(seed);
        var bytes = new byte[count * length];
        for (var i = 0; i < count; i++)
        {
            var record = bytes.AsSpan(i * length, length);
            if (i == 0)
                random.NextBytes(record);
            else
                bytes.AsSpan((i - 1) * length, length).CopyTo(record);
            record[4] += (byte)random.Next(3);
            record[length / 2] -= (byte)random.Next(3);
            (record[0], record[1]) = ((byte)(i >> 8), (byte)i);
            record[2] = (byte)(random.Next(3) * 17);
            record[^1] = (byte)random.Next(256);
        }

        return bytes;
    }

    private static Gen<byte[]> Fragments(int size) =>
        from words in Gen.ArrayOf(Gen.Elements(Words), Math.Max(1, size / 4))
        from cut in Gen.Choose(0, 3) // a border inside a character or line end
        select Encoding.UTF8.GetBytes(string.Concat(words)).Skip(cut).SkipLast(cut).ToArray();

    private static Gen<byte[]> Noise(int size) =>
        from length in Gen.Choose(0, size)
        from bytes in Gen.ArrayOf(Gen.Choose(0, 255).Select(value => (byte)value), length)
        select bytes;

    private static Gen<byte[]> Runs(int size) =>
        from parts in Gen.ArrayOf(
            from value in Gen.Elements<byte>(0x00, 0xFF, 0x80, (byte)'\n', (byte)'\r', (byte)' ', (byte)'a', (byte)'7', (byte)'.')
            from length in Gen.Choose(1, Math.Max(1, size / 2))
            select Enumerable.Repeat(value, length),
            4)
        select parts.SelectMany(part => part).ToArray();

    private static IEnumerable<byte[]> Shrink(byte[] bytes)
    {
        for (var chunk = bytes.Length / 2; chunk > 0; chunk /= 2)
        {
            for (var start = 0; start + chunk <= bytes.Length; start += chunk)
                yield return [.. bytes[..start], .. bytes[(start + chunk)..]];
        }
    }
}

using System.Diagnostics;
using System.IO.Compression;
using System.Text;

namespace Compressor.Tests;

/// <summary>
/// No file is larger than the smallest that xz -6, zstd -19 and brotli -11 make of it by more than 64 bytes. Generated kinds of data; xz and zstd where they are installed.
/// <c>COMPRESSOR_ALL_LEVELS</c> asks for all levels, which takes minutes.
/// </summary>
[Trait("Category", "NothingIsLost")]
public sealed class NeverWorseTests
{
    private const int Margin = 64;

    private static readonly string[] Words = ["the", "of", "and", "model", "value", "return", "content", "block", "length", "who", "where", "seldom", "river", "stone"];

    public static TheoryData<string> Kinds =>
        [
            "UTF-16 text", "UTF-32 text", "FASTA with repeats", "noise", "noise twice", "runs", "records", "text", "code", "tiny", "empty", "base64", "hex", "periods", "compressed already",
            "sparse", "log", "CSV", "versions",
        ];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void NoKindOfDataIsLargerThanByAClassic(string kind)
    {
        var content = Generate(kind);
        var limit = Classics(content).Min() + Margin;
        int[] levels = Environment.GetEnvironmentVariable("COMPRESSOR_ALL_LEVELS") is { Length: > 0 } ? [1, 2, 3, 4, 5, 6, 7, 8, 9] : [1, 3];
        var lengths = levels.Select(level => (level, Lmz.Compress(content, new LmzCompressionOptions { Level = level }).Length)).ToList();
        Assert.True(lengths.TrueForAll(result => result.Length <= limit), $"{kind}: not more than {limit} of {content.Length} bytes, but {string.Join(", ", lengths)}");
    }

    private static IEnumerable<int> Classics(byte[] content)
    {
        var brotli = new byte[BrotliEncoder.GetMaxCompressedLength(content.Length)];
        Assert.True(BrotliEncoder.TryCompress(content, brotli, out var length, quality: 11, window: 24));
        yield return length;
        foreach (var (tool, arguments) in ((string, string)[])[("xz", "-6 -c"), ("zstd", "-19 -q -c")])
        {
            if (Run(tool, arguments, content) is { } result)
                yield return result;
        }
    }

    /// <summary>How much a tool makes of content; null if it is not installed.</summary>
    private static int? Run(string tool, string arguments, byte[] content)
    {
        try
        {
            var start = new ProcessStartInfo(tool, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
            using var process = Process.Start(start)!;
            var output = Task.Run(() =>
            {
                using var all = new MemoryStream();
                process.StandardOutput.BaseStream.CopyTo(all);
                return (int)all.Length;
            });
            process.StandardInput.BaseStream.Write(content);
            process.StandardInput.Close();
            process.WaitForExit();
            return process.ExitCode == 0 ? output.GetAwaiter().GetResult() : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    private static byte[] Generate(string kind)
    {
        const int Length = 60_000;
        var random = new Random(1);
        switch (kind)
        {
            case "UTF-16 text":
                return Encoding.Unicode.GetBytes(Prose(random, Length / 2));
            case "UTF-32 text":
                return Encoding.UTF32.GetBytes(Prose(random, Length / 4));
            case "FASTA with repeats":
                return Encoding.ASCII.GetBytes(Fasta(random, Length));
            case "noise":
                return SampleBytes.Random(Length);
            case "noise twice":
                return [.. SampleBytes.Random(Length / 2), .. SampleBytes.Random(Length / 2)];
            case "runs":
                return [.. Enumerable.Range(0, 200).SelectMany(_ => Enumerable.Repeat((byte)random.Next(4), random.Next(1, 600)))];
            case "records":
                return SampleBytes.Records(2000, 30);
            case "text":
                return Encoding.ASCII.GetBytes(Prose(random, Length));
            case "code":
                return Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 1500).Select(i =>
                    $"    if ({Words[random.Next(14)]}[{random.Next(10)}] == {Words[random.Next(14)]}) return {Words[random.Next(14)]}({i % 10});\n")));
            case "tiny":
                return "a few bytes, a few bytes"u8.ToArray();
            case "empty":
                return [];
            case "base64":
                return Encoding.ASCII.GetBytes(Convert.ToBase64String(SampleBytes.Random(Length * 3 / 4), Base64FormattingOptions.InsertLineBreaks));
            case "hex":
                return Encoding.ASCII.GetBytes(Convert.ToHexString(SampleBytes.Random(Length / 2)));
            case "periods":
                return [.. Enumerable.Repeat(SampleBytes.Random(777), 80).SelectMany(bytes => bytes)];
            case "compressed already":
                using (var packed = new MemoryStream())
                {
                    using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
                        gzip.Write(Encoding.ASCII.GetBytes(Prose(random, 4 * Length)));
                    return packed.ToArray();
                }

            case "sparse":
                var sparse = new byte[20 * Length];
                for (var i = 0; i < 100; i++)
                    sparse[random.Next(sparse.Length)] = (byte)random.Next(256);
                return sparse;
            case "log":
                return Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 800).Select(i =>
                    $"2024-05-{(i / 100) + 1:00} 12:{i / 60 % 60:00}:{i % 60:00} host daemon[{1000 + random.Next(4)}]: {Words[random.Next(14)]} from 10.0.{random.Next(4)}.{random.Next(256)}\n")));
            case "CSV":
                return Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 2000).Select(i => $"{i},{random.Next(1000)},{Words[random.Next(14)]},{random.NextDouble():F4}\n")));
            default:
                var versions = new List<byte>();
                var version = Encoding.ASCII.GetBytes(Prose(random, Length / 5));
                for (var i = 0; i < 10; i++)
                {
                    version[random.Next(version.Length)] ^= 1;
                    versions.AddRange(version);
                }

                return [.. versions];
        }
    }

    private static string Prose(Random random, int length)
    {
        var text = new StringBuilder();
        while (text.Length < length)
            text.Append(Words[Math.Min(random.Next(14), random.Next(14))]).Append(random.Next(9) == 0 ? ".\n" : " ");
        return text.ToString(0, length);
    }

    /// <summary>Bases in lines of 60, in part copies of what was there with a few changes.</summary>
    private static string Fasta(Random random, int length)
    {
        var bases = new List<char>();
        while (bases.Count < length)
        {
            if (bases.Count > 2000 && random.Next(2) == 0)
            {
                var copy = bases.GetRange(random.Next(bases.Count - 1000), random.Next(200, 1000));
                for (var i = random.Next(20); i > 0; i--)
                    copy[random.Next(copy.Count)] = "ACGT"[random.Next(4)];
                bases.AddRange(copy);
            }
            else
            {
                bases.AddRange(Enumerable.Range(0, random.Next(100, 1000)).Select(_ => "ACGT"[random.Next(4)]));
            }
        }

        return ">sequence 1\n" + string.Concat(bases.Chunk(60).Select(line => new string(line) + "\n"));
    }
}

using System.Text;
using Compressor.Blocks;
using Compressor.Concurrency;
using Compressor.Container;
using Compressor.Payload;
using Compressor.Prediction.Samples;

namespace Compressor.Tests;

/// <summary>Blocks of samples: pictures and sound.</summary>
public sealed class SampleBlockTests
{
    private static readonly SampleHeader Rows = new(0, 1, 3, 60, 5);

    public static TheoryData<string> Names => [.. Files.Keys];

    private static Dictionary<string, byte[]> Files { get; } = new()
    {
        ["PPM"] = Pixmap("P6\n97 41\n255\n", 97 * 3, 41, 3),
        ["PPM with a comment"] = Pixmap("P6 # of nothing\n#\n 50 #\n80 255\n", 150, 80, 3),
        ["PGM"] = Pixmap("P5 101 67 255\n", 101, 67, 1),
        ["PGM of one column"] = Pixmap("P5 1 5000 255\n", 1, 5000, 1),
        ["BMP with padding"] = Bitmap(49, 60),
        ["WAV 8 mono"] = Sound(8, 1),
        ["WAV 8 stereo"] = Sound(8, 2),
        ["WAV 16 mono"] = Sound(16, 1),
        ["WAV 16 stereo"] = Sound(16, 2),
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void FilesComeBackSmallerThanAsBytes(string name)
    {
        var content = Files[name];
        var block = Encode(content, BlockSettings.OfLevel(3));
        Assert.NotNull(block.Header.Samples);
        Assert.True(block.Body.Length < Encode(content, BlockSettings.OfLevel(3) with { Samples = false }).Body.Length);
        var data = Lmz.Compress(content, new LmzCompressionOptions { Level = 3 });
        Assert.Equal(content, Lmz.Decompress(data));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void CutAnywhereTheyComeBack(string name)
    {
        var content = Files[name];
        foreach (var length in (int[])[1, 2, 11, 12, 13, 20, 43, 44, 45, 53, 54, 55, 1001, content.Length - 1])
            ComesBack(content[..length]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void WhateverTheHeaderSaysTheyComeBack(string name)
    {
        var content = Files[name][..1500];
        var random = new Random(1);
        for (var i = 0; i < 20; i++)
        {
            var lie = content.ToArray();
            for (var changes = 0; changes < 3; changes++)
                lie[random.Next(2, 46)] = (byte)random.Next(256);
            ComesBack(lie);
        }
    }

    [Fact]
    public void TextThatStartsAsAPictureIsNotCodedAsOne()
    {
        var content = Encoding.ASCII.GetBytes("P5 20 30 255\n").Concat(SampleBytes.Text(5000)).ToArray();
        Assert.Null(Encode(content, BlockSettings.OfLevel(3)).Header.Samples);
    }

    [Theory]
    [InlineData("P6 43691 2 255\n")]     // a row longer than any may be
    [InlineData("P6 0 2 255\n")]
    [InlineData("P6 999999999 2 255\n")]
    [InlineData("P6 9999999999 2 255\n")]
    [InlineData("P6 10 2 65535\n")]
    [InlineData("P6 2000 2 255\n")]      // longer than the content
    [InlineData("P6 10 2 255")]
    [InlineData("P3 10 2 255\n")]
    [InlineData("P6 #")]
    [InlineData("RIFF    WAVEdata    ")] // no format
    public void OtherHeadersAreNoneOfSamples(string header) =>
        Assert.Null(SampleDetector.Find([.. Encoding.ASCII.GetBytes(header), .. header.EndsWith("255", StringComparison.Ordinal) ? [] : new byte[100]]));

    [Fact]
    public void PartsAreThoseOfTheWhole()
    {
        var content = Files["WAV 16 stereo"];
        var options = new LmzCompressionOptions { Level = 3, BlockLength = 5000 };
        using var whole = new MemoryStream();
        Lmz.Compress(new MemoryStream(content), whole, options);
        using var joined = new MemoryStream();
        var parts = new List<LmzNamedPart>();
        foreach (var part in (LmzPart[])[new(1, 2), new(2, 2)])
        {
            using var source = new MemoryStream(content) { Position = LmzPartInfo.Of(part, content.Length, options).ReadFrom };
            parts.Add(new LmzNamedPart($"{part.Number}", Lmz.CompressPart(source, joined, part, content.Length, options)));
        }

        joined.Write(Lmz.EndOfParts(parts));
        Assert.Equal(whole.ToArray(), joined.ToArray());
        Assert.Equal(content, Lmz.Decompress(joined.ToArray()));
    }

    /// <summary>Every layout that a header may have, on content of every remainder.</summary>
    [Fact]
    public void EveryLayoutComesBack()
    {
        var content = SampleBytes.Random(700);
        foreach (var flags in Enumerable.Range(0, 8))
        {
            foreach (var (width, channels, rest) in (ReadOnlySpan<(int, int, int)>)[(1, 1, 0), (1, 3, 1), (1, 8, 30), (2, 1, 0), (2, 2, 2), (2, 8, 0), (2, 3, 14)])
            {
                var stride = (width * channels) + ((flags & SampleHeader.SoundFlag) != 0 ? 0 : rest);
                foreach (var origin in (int[])[0, 1, stride / 2, stride - 1])
                {
                    if (origin >= stride)
                        continue;
                    var layout = SampleParameters.LayoutOf(Read(new SampleHeader(flags, width, channels, stride, origin), 700)!.Value);
                    var part = content.AsSpan(0, 700 - (origin % 3));
                    var payload = SampleCoder.Encode(part, layout, null, default);
                    Assert.Equal(part.ToArray(), SampleCoder.Decode(payload, part.Length, layout, new ProgressMeter(null).Begin(part.Length), default));
                }
            }
        }
    }

    [Theory]
    [InlineData(8, 1, 3, 60, 5)]              // a flag that there is not
    [InlineData(0, 0, 3, 60, 5)]              // no width
    [InlineData(0, 3, 3, 60, 5)]              // too wide
    [InlineData(0, 1, 0, 60, 5)]              // no channels
    [InlineData(0, 1, 9, 60, 5)]              // too many
    [InlineData(0, 1, 3, 0, 0)]               // no stride
    [InlineData(0, 1, 3, 2, 0)]               // shorter than a pixel
    [InlineData(0, 2, 1, 61, 0)]              // half a sample
    [InlineData(0, 1, 3, 60, 60)]             // beyond the row
    [InlineData(0, 1, 3, 1001, 0)]            // longer than the content
    [InlineData(1, 2, 2, 6, 0)]               // a moment and a half
    public void HeadersOutOfBoundsAreRefused(int flags, int width, int channels, int stride, int origin)
    {
        Assert.NotNull(Read(Rows, 1000));
        Assert.Null(Read(new SampleHeader(flags, width, channels, stride, origin), 1000));
    }

    [Fact]
    public void TheLongestRowIsBounded()
    {
        Assert.NotNull(Read(Rows with { Stride = SampleHeader.MaxStride }, 1 << 20));
        Assert.Null(Read(Rows with { Stride = SampleHeader.MaxStride + 1 }, 1 << 20));
        Assert.Equal((SampleLayout.MaxStride, SampleLayout.MaxWidth, SampleLayout.MaxChannels), (SampleHeader.MaxStride, SampleHeader.MaxWidth, SampleHeader.MaxChannels));
    }

    [Fact]
    public void SamplesAreNotFiltered()
    {
        var bytes = BlockHeader.OfSamples(1000, Rows, 50).ToBytes();
        Assert.Equal(0, bytes[3]);
        byte[] filtered = [.. bytes[..3], 1, 0, 100, .. bytes[4..]];
        var reader = new FormatReader(filtered, 0);
        Assert.Null(BlockHeader.Read(reader));
        Assert.Contains("filter", reader.Error!.What, StringComparison.Ordinal);
    }

    [Fact]
    public void DamageIsFound()
    {
        var data = Lmz.Compress(Files["PPM"], new LmzCompressionOptions { Level = 3 });
        var random = new Random(1);
        for (var i = 0; i < 20; i++)
        {
            var damaged = data.ToArray();
            damaged[random.Next(6, i < 10 ? 30 : data.Length - 1)] ^= (byte)(1 << random.Next(8));
            Assert.True(Record.Exception(() => Lmz.Decompress(damaged)) is InvalidDataException or DictionaryNotFoundException);
        }
    }

    private static SampleHeader? Read(SampleHeader samples, int contentLength) =>
        BlockHeader.Read(new FormatReader(BlockHeader.OfSamples(contentLength, samples, contentLength).ToBytes(), 0))?.Samples;

    private static Block Encode(byte[] content, BlockSettings settings) =>
        new BlockEncoder(new FrameHeader(null), ModelChoice.Of(), null, settings).Encode(new BlockContent(content, []), new ProgressMeter(null), CancellationToken.None);

    private static void ComesBack(byte[] content)
    {
        if (SampleDetector.Find(content) is not { } layout)
            return;
        Assert.NotNull(Read(SampleParameters.HeaderOf(layout), content.Length));
        var payload = SampleCoder.Encode(content, layout, null, default);
        Assert.Equal(content, SampleCoder.Decode(payload, content.Length, layout, new ProgressMeter(null).Begin(content.Length), default));
    }

    private static byte[] Pixmap(string header, int stride, int height, int channels) => [.. Encoding.ASCII.GetBytes(header), .. Picture(stride, height, channels)];

    private static byte[] Bitmap(int width, int height)
    {
        var stride = ((width * 3) + 3) & ~3;
        using var file = new MemoryStream();
        using var writer = new BinaryWriter(file);
        writer.Write("BM"u8);
        foreach (var number in (int[])[54 + (stride * height), 0, 54, 40, width, height])
            writer.Write(number);
        writer.Write((short)1);
        writer.Write((short)24);
        writer.Write(new byte[24]);
        writer.Write(Picture(stride, height, 3));
        return file.ToArray();
    }

    private static byte[] Sound(int bits, int channels)
    {
        const int Moments = 4000;
        var random = new Random(1);
        using var file = new MemoryStream();
        using var writer = new BinaryWriter(file);
        var unit = bits / 8 * channels;
        writer.Write("RIFF"u8);
        writer.Write(36 + (Moments * unit));
        writer.Write("WAVEfmt "u8);
        writer.Write(16);
        writer.Write((short)1);
        writer.Write((short)channels);
        writer.Write(8000);
        writer.Write(8000 * unit);
        writer.Write((short)unit);
        writer.Write((short)bits);
        writer.Write("data"u8);
        writer.Write(Moments * unit);
        for (var i = 0; i < Moments * channels; i++)
        {
            var value = (0.5 * Math.Sin(i / channels * 0.021)) + (0.3 * Math.Sin(i / channels * 0.133)) + (random.NextDouble() * 0.03);
            if (bits == 8)
                writer.Write((byte)(128 + (int)(value * 120)));
            else
                writer.Write((short)(value * 30_000));
        }

        return file.ToArray();
    }

    /// <summary>A smooth surface with a little noise.</summary>
    private static byte[] Picture(int stride, int height, int channels)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, stride * height).Select(i =>
        {
            double x = i % stride / channels, y = i / stride, plane = i % stride % channels;
            return (byte)(128 + (int)((60 * Math.Sin((x * 0.07) + (y * 0.031))) + (40 * Math.Cos(y * 0.05)) + (plane * 5)) + random.Next(6));
        })];
    }
}

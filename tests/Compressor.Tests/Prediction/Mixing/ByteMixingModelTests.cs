using Compressor.Blocks;
using Compressor.Concurrency;
using Compressor.Container;
using Compressor.Payload;
using Compressor.Prediction.Mixing;

namespace Compressor.Tests.Prediction.Mixing;

public sealed class ByteMixingModelTests
{
    private const int Bits = 14;

    public static TheoryData<int, int, bool> Shapes { get; } = [];

    static ByteMixingModelTests()
    {
        foreach (var fast in (bool[])[false, true])
        {
            Shapes.Add((int)ByteProfile.Text, 0, fast);
            foreach (var stride in (int[])[0, 1, 24, 65536]) Shapes.Add((int)ByteProfile.Binary, stride, fast);
            foreach (var stride in (int[])[1, 32]) Shapes.Add((int)ByteProfile.Bitmap, stride, fast);
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void EveryShapeRoundTrips(int profile, int stride, bool fast)
    {
        var shape = new ByteShape((ByteProfile)profile, stride, fast);
        foreach (var content in (byte[][])[[0], [255], SampleBytes.Text(3000), SampleBytes.Random(2000), SampleBytes.Records(200, 24), new byte[5000]])
        {
            var payload = ByteCoder.Encode(content, new MixingParameters(shape, Bits), [], null, CancellationToken.None);
            var progress = new ProgressMeter(null).Begin(content.Length);
            Assert.Equal(content, ByteCoder.Decode(payload, content.Length, new MixingParameters(shape, Bits), [], progress, CancellationToken.None));
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void NoiseCostsLittleMoreThanItself(int profile, int stride, bool fast)
    {
        var payload = Encode(SampleBytes.Random(20_000), profile, stride, fast);
        Assert.InRange(payload.Length, 20_000, 20_000 * 103 / 100);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void WhatRepeatsBecomesCheap(int profile, int stride, bool fast)
    {
        var period = SampleBytes.Random(500);
        byte[] content = [.. Enumerable.Repeat(period, 40).SelectMany(bytes => bytes)];
        Assert.InRange(Encode(content, profile, stride, fast).Length, 500, 700);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TheStrideOfATableHelps(bool fast)
    {
        var content = SampleBytes.Records(1000, 24);
        Assert.InRange(Encode(content, (int)ByteProfile.Binary, 24, fast).Length, 0, Encode(content, (int)ByteProfile.Binary, 0, fast).Length * 97 / 100);
    }

    [Theory]
    [InlineData(24)]
    [InlineData(52)]
    public void TheStrideOfATableIsFound(int length)
    {
        var shape = ByteShapeDetector.Find(SampleBytes.Records(2000, length), fast: false, CancellationToken.None);
        Assert.Equal(ByteProfile.Binary, shape.Profile);
        Assert.True(shape.Stride > 0 && shape.Stride % length == 0, $"stride {shape.Stride}");
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void TheFormatsCodeStandsForTheShape(int profile, int stride, bool fast)
    {
        var shape = new ByteShape((ByteProfile)profile, stride, fast);
        Assert.Equal(shape, ByteShape.OfCode(shape.Code, stride));
        Assert.InRange(shape.Code, 0, MixingHeader.Profiles - 1);
    }

    [Fact]
    public void ManyContextsSayMoreThanFew()
    {
        var content = SampleBytes.Text(60_000);
        Assert.InRange(Encode(content, 0, 0, fast: false).Length, 0, Encode(content, 0, 0, fast: true).Length - 1);
    }

    [Fact]
    public void TextHasNoStride() =>
        Assert.Equal(new ByteShape(ByteProfile.Text, 0), ByteShapeDetector.Find(SampleBytes.Text(100_000), fast: false, CancellationToken.None));

    private static byte[] Encode(byte[] content, int profile, int stride, bool fast) =>
        ByteCoder.Encode(content, new MixingParameters(new ByteShape((ByteProfile)profile, stride, fast), Bits), [], null, CancellationToken.None);
}

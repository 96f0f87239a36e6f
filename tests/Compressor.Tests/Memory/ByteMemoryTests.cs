using Compressor.Blocks;
using Compressor.Memory;

namespace Compressor.Tests.Memory;

public sealed class ByteMemoryTests
{
    private const int Bits = 14;

    public static TheoryData<int, int> Shapes { get; } = new()
    {
        { (int)ByteProfile.Text, 0 },
        { (int)ByteProfile.Binary, 0 },
        { (int)ByteProfile.Binary, 1 },
        { (int)ByteProfile.Binary, 24 },
        { (int)ByteProfile.Binary, 65536 },
        { (int)ByteProfile.Bitmap, 1 },
        { (int)ByteProfile.Bitmap, 32 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void EveryShapeRoundTrips(int profile, int stride)
    {
        var shape = new ByteShape((ByteProfile)profile, stride);
        foreach (byte[] content in (byte[][])[[0], [255], SampleBytes.Text(3000), SampleBytes.Random(2000), SampleBytes.Records(200, 24), new byte[5000]])
        {
            byte[] payload = ByteCoder.Encode(content, shape, Bits, [], null, CancellationToken.None);
            ProgressMeter.Part progress = new ProgressMeter(null).Begin(content.Length);
            Assert.Equal(content, ByteCoder.Decode(payload, content.Length, shape, Bits, [], progress, CancellationToken.None));
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void NoiseCostsLittleMoreThanItself(int profile, int stride)
    {
        byte[] payload = Encode(SampleBytes.Random(20_000), profile, stride);
        Assert.InRange(payload.Length, 20_000, 20_000 * 103 / 100);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void WhatRepeatsBecomesCheap(int profile, int stride)
    {
        byte[] period = SampleBytes.Random(500);
        byte[] content = [.. Enumerable.Repeat(period, 40).SelectMany(bytes => bytes)];
        Assert.InRange(Encode(content, profile, stride).Length, 500, 700);
    }

    [Fact]
    public void TheStrideOfATableHelps()
    {
        byte[] content = SampleBytes.Records(1000, 24);
        Assert.InRange(Encode(content, (int)ByteProfile.Binary, 24).Length, 0, Encode(content, (int)ByteProfile.Binary, 0).Length * 97 / 100);
    }

    [Theory]
    [InlineData(24)]
    [InlineData(52)]
    public void TheStrideOfATableIsFound(int length)
    {
        ByteShape shape = ShapeFinder.Find(SampleBytes.Records(2000, length), CancellationToken.None);
        Assert.Equal(ByteProfile.Binary, shape.Profile);
        Assert.True(shape.Stride > 0 && shape.Stride % length == 0, $"stride {shape.Stride}");
    }

    [Fact]
    public void TextHasNoStride() =>
        Assert.Equal(new ByteShape(ByteProfile.Text, 0), ShapeFinder.Find(SampleBytes.Text(100_000), CancellationToken.None));

    private static byte[] Encode(byte[] content, int profile, int stride) =>
        ByteCoder.Encode(content, new ByteShape((ByteProfile)profile, stride), Bits, [], null, CancellationToken.None);
}

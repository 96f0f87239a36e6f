using Compressor.Training.Export;
using FsCheck;
using FsCheck.Fluent;

namespace Compressor.Training.Tests;

public class RowQuantizerTests
{
    private static Arbitrary<float[]> Rows() =>
        Gen.ArrayOf(Gen.Frequency(
                (6, Gen.Choose(-1_000_000, 1_000_000).Select(i => i * 1e-6f)),
                (1, Gen.Elements(0f, 1f, -1f, 1e-30f, 64.5f / 128, -63.5f / 128))))
            .Select(a => a.Length % 2 == 0 ? a : [.. a, 0f]).ToArbitrary();

    [Fact]
    public void ValuesAreMetToWithinHalfAStep() =>
        Prop.ForAll(Rows(), Gen.Elements(true, false).ToArbitrary(), (row, boundPairs) =>
        {
            var quantized = new sbyte[row.Length];
            var scale = RowQuantizer.Quantize(row, quantized, boundPairs);
            for (var i = 0; i < row.Length; i++)
            {
                Assert.InRange(quantized[i], -RowQuantizer.Limit, RowQuantizer.Limit);
                Assert.InRange(Math.Abs((double)row[i] - (double)quantized[i] * scale), 0, 0.50001 * scale);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500).WithEndSize(60));

    [Fact]
    public void PairsStayWithinTheBound() =>
        Prop.ForAll(Rows(), row =>
        {
            var quantized = new sbyte[row.Length];
            RowQuantizer.Quantize(row, quantized, boundPairs: true);
            for (var i = 0; i < row.Length; i += 2)
                Assert.InRange(Math.Abs((int)quantized[i]) + Math.Abs((int)quantized[i + 1]), 0, RowQuantizer.PairLimit);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500).WithEndSize(60));

    [Fact]
    public void APairThatRoundsUpTwiceIsMadeToFit()
    {
        var quantized = new sbyte[2];
        var scale = RowQuantizer.Quantize([-63.5f, 64.5f], quantized, boundPairs: true);
        Assert.Equal(1f, scale);
        Assert.Equal(RowQuantizer.PairLimit, Math.Abs((int)quantized[0]) + quantized[1]);

        RowQuantizer.Quantize([65.5f, 62.5f, 62.5f, -65.5f], quantized = new sbyte[4], boundPairs: true);
        Assert.All([0, 2], i => Assert.InRange(Math.Abs((int)quantized[i]) + Math.Abs((int)quantized[i + 1]), 127, RowQuantizer.PairLimit));
    }

    [Fact]
    public void ARowOfZerosIsZeros()
    {
        var quantized = new sbyte[] { 1, 1 };
        Assert.Equal(1f, RowQuantizer.Quantize([0f, -0f], quantized, boundPairs: true));
        Assert.Equal([0, 0], quantized);
    }
}

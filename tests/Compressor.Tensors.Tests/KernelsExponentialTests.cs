using System.Runtime.Intrinsics;
using Compressor.Tensors.Kernels;

namespace Compressor.Tensors.Tests;

public class KernelsExponentialTests
{
    [Fact]
    public void ExpIsWithinTwoUnitsInTheLastPlace()
    {
        double worst = 0;
        for (int i = -87_000; i <= 88_700; i++)
        {
            float x = i / 1000f;
            worst = Math.Max(worst, UnitsOff(Exponential.Exp(x), Math.Exp(x)));
        }

        Assert.InRange(worst, 0, 2);
    }

    [Fact]
    public void LogIsWithinTwoUnitsInTheLastPlace()
    {
        double worst = 0;
        for (int bits = 0x00800000; bits < 0x7F800000 - 9973; bits += 9973)
        {
            float x = BitConverter.Int32BitsToSingle(bits);
            worst = Math.Max(worst, UnitsOff(Exponential.Log(x), Math.Log(x)));
        }

        for (int i = -20_000; i <= 20_000; i++)
        {
            float x = BitConverter.Int32BitsToSingle(0x3F800000 + i);
            worst = Math.Max(worst, UnitsOff(Exponential.Log(x), Math.Log(x)));
        }

        Assert.InRange(worst, 0, 2);
    }

    [Fact]
    public void VectorAndScalarFormsAgreeBitForBit()
    {
        float[] x = new float[16];
        for (int block = 0; block < 20_000; block++)
        {
            for (int lane = 0; lane < 16; lane++) x[lane] = BitConverter.Int32BitsToSingle((block * 16 + lane) * 13417);
            Vector512<float> exp = Exponential.Exp(Vector512.Create(x));
            for (int lane = 0; lane < 16; lane++) AssertSame(Exponential.Exp(x[lane]), exp.GetElement(lane), x[lane]);
            for (int lane = 0; lane < 16; lane++) x[lane] = Math.Max(Math.Abs(x[lane]), 1.2e-38f);
            Vector512<float> log = Exponential.Log(Vector512.Create(x));
            for (int lane = 0; lane < 16; lane++) AssertSame(Exponential.Log(x[lane]), log.GetElement(lane), x[lane]);
        }
    }

    [Theory]
    [InlineData(0f, 1f)]
    [InlineData(float.NegativeInfinity, 0f)]
    [InlineData(float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData(89f, float.PositiveInfinity)]
    [InlineData(-104.5f, 0f)]
    [InlineData(float.NaN, float.NaN)]
    public void ExpOfSpecialValues(float x, float expected) => Assert.Equal(expected, Exponential.Exp(x));

    [Fact]
    public void LogOfOneIsZero() => Assert.Equal(0f, Exponential.Log(1f));

    private static double UnitsOff(float actual, double expected)
    {
        float rounded = Math.Abs((float)expected);
        return Math.Abs(actual - expected) / (double)(MathF.BitIncrement(rounded) - rounded);
    }

    private static void AssertSame(float expected, float actual, float x)
    {
        if (float.IsNaN(expected) && float.IsNaN(actual)) return;
        if (BitConverter.SingleToInt32Bits(expected) != BitConverter.SingleToInt32Bits(actual)) Assert.Fail($"x = {x:R}: {expected:R} and {actual:R}");
    }
}

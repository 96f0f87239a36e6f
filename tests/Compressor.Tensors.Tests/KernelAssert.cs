namespace Compressor.Tensors.Tests;

internal static unsafe class KernelAssert
{
    /// <summary>The same bits in n floats.</summary>
    public static void SameBits(float* expected, float* actual, long n, string what = "")
    {
        for (long i = 0; i < n; i++)
        {
            if (BitConverter.SingleToInt32Bits(expected[i]) != BitConverter.SingleToInt32Bits(actual[i]))
                Assert.Fail($"{what} [{i}]: expected {expected[i]:R}, got {actual[i]:R}");
        }
    }

    /// <summary>|actual − expected| ≤ tolerance · max(1, |expected|).</summary>
    public static void Close(double expected, float actual, double tolerance, string what = "")
    {
        if (!(Math.Abs(actual - expected) <= tolerance * Math.Max(1, Math.Abs(expected))))
            Assert.Fail($"{what}: expected {expected:R}, got {actual:R}");
    }
}

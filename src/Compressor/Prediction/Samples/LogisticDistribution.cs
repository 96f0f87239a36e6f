using System.Numerics;
using System.Runtime.InteropServices;

namespace Compressor.Prediction.Samples;

/// <summary>
/// The logistic distribution in integers: how the mass of an interval divides at a point, as a logit. Distances from the mean are in units of 1/128 of the
/// scale, logits in 1/256.
/// </summary>
internal static unsafe class LogisticDistribution
{
    /// <summary>Distances lie in [−Limit, Limit], where all mass is.</summary>
    public const int Limit = 17 * 128;

    /// <summary>Logits of a division lie in [−MostLogit, MostLogit].</summary>
    public const int MostLogit = 2047;

    private const int MantissaBits = 10;

    private static readonly uint* Masses = BuildMasses();      // [2 · Limit + 1] of 2^31, what lies below a distance
    private static readonly short* Logarithms = BuildLogarithms(); // [2^MantissaBits] of the mantissa
    private static readonly int* Powers = BuildPowers();       // [32] ln 2^i

    /// <summary>The logit of the part from <paramref name="middle"/> up to <paramref name="high"/> in what there is from <paramref name="low"/> on.</summary>
    public static int Divide(int low, int middle, int high)
    {
        var zero = Masses + Limit;
        uint upper, lower;
        // Whichever tail is short is where differences are exact.
        if (middle > 0)
        {
            var cut = zero[-middle];
            upper = cut - zero[-high];
            lower = zero[-low] - cut;
        }
        else
        {
            var cut = zero[middle];
            upper = zero[high] - cut;
            lower = cut - zero[low];
        }
        return (upper | lower) == 0 ? 0 : Math.Clamp(Logarithm(upper + 1) - Logarithm(lower + 1), -MostLogit, MostLogit);
    }

    /// <summary>The natural logarithm of a positive number in units of 1/256.</summary>
    public static int Logarithm(uint value)
    {
        var log = BitOperations.Log2(value);
        return Powers[log] + Logarithms[(value << 31 - log) >> 31 - MantissaBits & (1 << MantissaBits) - 1];
    }

    private static uint* BuildMasses()
    {
        // e^(−1/128) by its series, then powers by repeated multiplication: binary64 × is the same everywhere.
        const double X = -1.0 / 128;
        const double Ratio = 1 + X * (1 + X / 2 * (1 + X / 3 * (1 + X / 4 * (1 + X / 5 * (1 + X / 6)))));
        var table = (uint*)NativeMemory.Alloc(2 * Limit + 1, sizeof(uint));   // lives as long as the process
        double power = 1;
        for (var z = 0; z <= Limit; z++, power *= Ratio)
        {
            table[Limit - z] = (uint)(2147483648.0 * (power / (1 + power)) + 0.5);
            table[Limit + z] = (1u << 31) - table[Limit - z];
        }
        table[0] = 0;
        table[2 * Limit] = 1u << 31;
        return table;
    }

    private static double NaturalLogarithm(double x)
    {
        // 2 · artanh((x − 1) / (x + 1)) for x in [1, 2]
        double y = (x - 1) / (x + 1), square = y * y, term = y, sum = 0;
        for (var i = 1; i < 60; i += 2, term *= square) sum += term / i;
        return 2 * sum;
    }

    private static short* BuildLogarithms()
    {
        var table = (short*)NativeMemory.Alloc(1 << MantissaBits, sizeof(short));
        for (var i = 0; i < 1 << MantissaBits; i++) table[i] = (short)(256 * NaturalLogarithm(1 + (i + 0.5) / (1 << MantissaBits)) + 0.5);
        return table;
    }

    private static int* BuildPowers()
    {
        var table = (int*)NativeMemory.Alloc(32, sizeof(int));
        for (var i = 0; i < 32; i++) table[i] = (int)(256 * i * NaturalLogarithm(2) + 0.5);
        return table;
    }
}

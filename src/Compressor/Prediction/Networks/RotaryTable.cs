using Compressor.Kernels;

namespace Compressor.Prediction.Networks;

/// <summary>
/// Cosines and sines of rotary position embedding (Su et al., RoFormer, 2021), computed with IEEE + − × ÷ √ alone so
/// that they are the same bits everywhere. Pair i of a head turns by position · base^(−2i/headSize).
/// </summary>
/// <remarks>
/// A position is split as high + low with high a multiple of 1024; the rotation is the product of two tabulated ones, so that a lane may be
/// of any length without a table of that length.
/// </remarks>
internal sealed unsafe class RotaryTable
{
    /// <summary>Rotations by less than this are tabulated.</summary>
    public const int Low = 1024;

    private readonly double[] _frequencies;
    private readonly PinnedArray<float> _lowCosines, _lowSines;   // [Low, headSize / 2]

    /// <param name="headSize">Width of a head: a power of two, at least 2.</param>
    /// <param name="rotaryBase">Base of the geometric series of frequencies.</param>
    public RotaryTable(int headSize, double rotaryBase) : this(Series(headSize / 2, rotaryBase))
    {
    }

    /// <param name="frequencies">[pairs] what each turns by from position to position.</param>
    public RotaryTable(double[] frequencies)
    {
        _frequencies = frequencies;
        var pairs = frequencies.Length;
        _lowCosines = new PinnedArray<float>(pairs * Low);
        _lowSines = new PinnedArray<float>(pairs * Low);
        for (var low = 0; low < Low; low++)
            FillDirect(low, new Span<float>(LowCosines(low), pairs), new Span<float>(LowSines(low), pairs));
    }

    private static double[] Series(int pairs, double rotaryBase)
    {
        // base^(−1/pairs) by repeated square roots: the number of pairs is a power of two.
        var ratio = 1 / rotaryBase;
        for (var p = pairs; p > 1; p >>= 1) ratio = Math.Sqrt(ratio);
        var frequencies = new double[pairs];
        double frequency = 1;
        for (var i = 0; i < pairs; i++, frequency *= ratio) frequencies[i] = frequency;
        return frequencies;
    }

    /// <summary>Pairs in a head.</summary>
    public int Pairs => _frequencies.Length;

    /// <summary>Writes the <see cref="Pairs"/> cosines and sines of a position ≥ 0.</summary>
    public void Fill(int position, Span<float> cosines, Span<float> sines)
    {
        int pairs = Pairs, low = position % Low;
        float* lowCosines = LowCosines(low), lowSines = LowSines(low);
        FillDirect(position - low, cosines, sines);
        for (var i = 0; i < pairs; i++)
        {
            float highCosine = cosines[i], highSine = sines[i];
            cosines[i] = highCosine * lowCosines[i] - highSine * lowSines[i];
            sines[i] = highSine * lowCosines[i] + highCosine * lowSines[i];
        }
        GC.KeepAlive(this);
    }

    /// <summary>[pairs] cosines of a position below <see cref="Low"/>.</summary>
    public float* LowCosines(int low) => _lowCosines.Pointer + (long)low * Pairs;

    /// <summary>[pairs] sines of a position below <see cref="Low"/>.</summary>
    public float* LowSines(int low) => _lowSines.Pointer + (long)low * Pairs;

    private void FillDirect(int position, Span<float> cosines, Span<float> sines)
    {
        for (var i = 0; i < Pairs; i++)
        {
            var (sine, cosine) = position == 0 ? (0, 1) : SineCosine(position * _frequencies[i]);
            cosines[i] = (float)cosine;
            sines[i] = (float)sine;
        }
    }

    /// <summary>Sine and cosine by reduction to ±π/4 and Taylor series to x¹⁵; absolute error below 1e-9 for x ≤ 2²⁴.</summary>
    private static (double Sine, double Cosine) SineCosine(double x)
    {
        // π/2 in two parts; the first has trailing zeros, so that n · HalfPiHigh is exact for n < 2^29.
        const double HalfPiHigh = 1.570796251296997, HalfPiLow = 7.549789954891882e-08;
        var n = Math.Floor(x * 0.63661977236758134 + 0.5);
        double r = x - n * HalfPiHigh - n * HalfPiLow, s = r * r;
        var sine = r * (1 + s * (-1.0 / 6 + s * (1.0 / 120 + s * (-1.0 / 5040 + s * (1.0 / 362880
            + s * (-1.0 / 39916800 + s * (1.0 / 6227020800)))))));
        var cosine = 1 + s * (-1.0 / 2 + s * (1.0 / 24 + s * (-1.0 / 720 + s * (1.0 / 40320
            + s * (-1.0 / 3628800 + s * (1.0 / 479001600 + s * (-1.0 / 87178291200)))))));
        return ((long)n & 3) switch
        {
            0 => (sine, cosine),
            1 => (cosine, -sine),
            2 => (-sine, -cosine),
            _ => (-cosine, sine),
        };
    }
}

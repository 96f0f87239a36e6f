using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Compressor.Tensors.Kernels;

/// <summary>
/// exp and log from IEEE operations only: the same bits on every machine, and the vector form equals the scalar form.
/// Within 2 units in the last place of the true value.
/// </summary>
internal static class Exponential
{
    private const float Log2E = 1.44269504f;

    // ln 2 = High + Low; High has 15 significant bits, so n · High is exact for every exponent n.
    private const float Ln2High = 0.693145751953125f;
    private const float Ln2Low = 1.42860682e-6f;

    // Adding 1.5 · 2^23 rounds to an integer and leaves it in the low mantissa bits.
    private const float RoundMagic = 12582912f;
    private const int RoundMagicBits = 0x4B400000;

    // Beyond these the result is infinity or zero, and the two-step scaling below still gets there by itself.
    private const float Highest = 90f;
    private const float Lowest = -110f;

    private const int SquareRootHalfBits = 0x3F3504F3;

    /// <summary>e^x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Exp(Vector512<float> x)
    {
        // The native forms give their second operand when it is not a number, so NaN stays NaN.
        x = Vector512.MinNative(Vector512.Create(Highest), x);
        x = Vector512.MaxNative(Vector512.Create(Lowest), x);

        // x = n ln 2 + r, |r| <= ln 2 / 2
        Vector512<float> shifted = Vector512.FusedMultiplyAdd(x, Vector512.Create(Log2E), Vector512.Create(RoundMagic));
        Vector512<float> n = shifted - Vector512.Create(RoundMagic);
        Vector512<float> r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-Ln2High), x);
        r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-Ln2Low), r);

        // Taylor to r^7 (the next term is below 2^-27), in pairs: half the latency of Horner's rule.
        Vector512<float> r2 = r * r;
        Vector512<float> p01 = Vector512.Create(1f) + r;
        Vector512<float> p23 = Vector512.FusedMultiplyAdd(Vector512.Create(1f / 6f), r, Vector512.Create(0.5f));
        Vector512<float> p45 = Vector512.FusedMultiplyAdd(Vector512.Create(1f / 120f), r, Vector512.Create(1f / 24f));
        Vector512<float> p67 = Vector512.FusedMultiplyAdd(Vector512.Create(1f / 5040f), r, Vector512.Create(1f / 720f));
        Vector512<float> p03 = Vector512.FusedMultiplyAdd(p23, r2, p01);
        Vector512<float> p47 = Vector512.FusedMultiplyAdd(p67, r2, p45);
        Vector512<float> y = Vector512.FusedMultiplyAdd(p47, r2 * r2, p03);

        // 2^n in two halves, so that each half is a normal number.
        Vector512<int> exponent = shifted.AsInt32() - Vector512.Create(RoundMagicBits);
        Vector512<int> half = Vector512.ShiftRightArithmetic(exponent, 1);
        Vector512<float> first = Vector512.ShiftLeft(half + Vector512.Create(127), 23).AsSingle();
        Vector512<float> second = Vector512.ShiftLeft(exponent - half + Vector512.Create(127), 23).AsSingle();
        return y * first * second;
    }

    /// <summary>e^x.</summary>
    public static float Exp(float x)
    {
        x = x > Highest ? Highest : x;
        x = x < Lowest ? Lowest : x;
        float shifted = MathF.FusedMultiplyAdd(x, Log2E, RoundMagic);
        float n = shifted - RoundMagic;
        float r = MathF.FusedMultiplyAdd(n, -Ln2High, x);
        r = MathF.FusedMultiplyAdd(n, -Ln2Low, r);
        float r2 = r * r;
        float p01 = 1f + r;
        float p23 = MathF.FusedMultiplyAdd(1f / 6f, r, 0.5f);
        float p45 = MathF.FusedMultiplyAdd(1f / 120f, r, 1f / 24f);
        float p67 = MathF.FusedMultiplyAdd(1f / 5040f, r, 1f / 720f);
        float p03 = MathF.FusedMultiplyAdd(p23, r2, p01);
        float p47 = MathF.FusedMultiplyAdd(p67, r2, p45);
        float y = MathF.FusedMultiplyAdd(p47, r2 * r2, p03);
        int exponent = BitConverter.SingleToInt32Bits(shifted) - RoundMagicBits;
        int half = exponent >> 1;
        float first = BitConverter.Int32BitsToSingle((half + 127) << 23);
        float second = BitConverter.Int32BitsToSingle((exponent - half + 127) << 23);
        return y * first * second;
    }

    /// <summary>ln x for a positive normal x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Log(Vector512<float> x)
    {
        // x = 2^n m, sqrt(1/2) <= m < sqrt 2
        Vector512<int> bits = x.AsInt32() - Vector512.Create(SquareRootHalfBits);
        Vector512<float> n = Vector512.ConvertToSingle(Vector512.ShiftRightArithmetic(bits, 23));
        Vector512<float> f = ((bits & Vector512.Create(0x007FFFFF)) + Vector512.Create(SquareRootHalfBits)).AsSingle() - Vector512.Create(1f);

        // ln(1 + f) = 2 atanh(s), s = f / (2 + f), |s| <= 0.172
        Vector512<float> s = f / (f + Vector512.Create(2f));
        Vector512<float> s2 = s * s;
        Vector512<float> t = Vector512.Create(2f / 11f);
        t = Vector512.FusedMultiplyAdd(t, s2, Vector512.Create(2f / 9f));
        t = Vector512.FusedMultiplyAdd(t, s2, Vector512.Create(2f / 7f));
        t = Vector512.FusedMultiplyAdd(t, s2, Vector512.Create(2f / 5f));
        t = Vector512.FusedMultiplyAdd(t, s2, Vector512.Create(2f / 3f));

        // 2s = f - s f, so ln(1 + f) = f - s (f - s2 t): the correction is small next to f.
        Vector512<float> correction = s * Vector512.FusedMultiplyAdd(-s2, t, f);
        Vector512<float> low = Vector512.FusedMultiplyAdd(n, Vector512.Create(Ln2Low), -correction);
        return Vector512.FusedMultiplyAdd(n, Vector512.Create(Ln2High), f + low);
    }

    /// <summary>ln x for a positive normal x.</summary>
    public static float Log(float x)
    {
        int bits = BitConverter.SingleToInt32Bits(x) - SquareRootHalfBits;
        float n = bits >> 23;
        float f = BitConverter.Int32BitsToSingle((bits & 0x007FFFFF) + SquareRootHalfBits) - 1f;
        float s = f / (f + 2f);
        float s2 = s * s;
        float t = 2f / 11f;
        t = MathF.FusedMultiplyAdd(t, s2, 2f / 9f);
        t = MathF.FusedMultiplyAdd(t, s2, 2f / 7f);
        t = MathF.FusedMultiplyAdd(t, s2, 2f / 5f);
        t = MathF.FusedMultiplyAdd(t, s2, 2f / 3f);
        float correction = s * MathF.FusedMultiplyAdd(-s2, t, f);
        float low = MathF.FusedMultiplyAdd(n, Ln2Low, -correction);
        return MathF.FusedMultiplyAdd(n, Ln2High, f + low);
    }
}

using System.Runtime.CompilerServices;

namespace Compressor.Kernels;

/// <summary>
/// Rounding and exponentials from IEEE + − × alone (rules 2 and 3 of docs/exactness.md).
/// </summary>
internal static class ExactRounding
{
    /// <summary>
    /// 1.5 · 2^23. For |x| ≤ 2^22, x + Magic lies in [2^23, 2^24], where floats are the whole numbers: the addition
    /// itself rounds x half to even, and the bits of the sum are <see cref="MagicBits"/> + round(x).
    /// </summary>
    public const float Magic = 12582912f;

    /// <summary>The bits of <see cref="Magic"/>; a multiple of 256, so its low byte is 0.</summary>
    public const int MagicBits = 0x4B400000;

    /// <summary>x + Magic − Magic: x rounded to a whole number, half to even.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Round<T>(T x) where T : unmanaged, IFloatVector<T> => x + T.Broadcast(Magic) - T.Broadcast(Magic);

    /// <summary>
    /// e^x for x ≤ 0; relative error below 4e-7 + 7e-8 · |x|; x below −80 counts as −80.
    /// 2^(n + f) with n = round(x / ln 2), f in [−½, ½] and a polynomial of degree 6 for 2^f.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Exp<T>(T x) where T : unmanaged, IFloatVector<T>
    {
        var z = T.Max(x, T.Broadcast(-80f)) * T.Broadcast(1.44269504f);
        var shifted = z + T.Broadcast(Magic);
        var f = z - (shifted - T.Broadcast(Magic));
        var p = T.Broadcast(1.5403530e-4f);
        p = p * f + T.Broadcast(1.3333558e-3f);
        p = p * f + T.Broadcast(9.6181291e-3f);
        p = p * f + T.Broadcast(5.5504109e-2f);
        p = p * f + T.Broadcast(0.24022651f);
        p = p * f + T.Broadcast(0.69314718f);
        p = p * f + T.Broadcast(1f);
        // The low bits of `shifted` are n modulo 2^9 (Magic's are 0): what the exponent needs.
        return T.AddToExponent(p, shifted);
    }
}

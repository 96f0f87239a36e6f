using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Compressor.Tensors.Kernels;

/// <summary>
/// The one order in which a row is reduced: 16 partial results, lane i taking elements i, i + 16, …, then a fixed tree over the
/// lanes. A missing element of the last group counts as the neutral element.
/// </summary>
internal static unsafe class LaneTree
{
    public const int Lanes = 16;

    /// <summary>((l0 + l8) + (l4 + l12)) + … : halves are added until one is left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector512<float> lanes)
    {
        Vector256<float> eight = lanes.GetLower() + lanes.GetUpper();
        Vector128<float> four = eight.GetLower() + eight.GetUpper();
        return (four.GetElement(0) + four.GetElement(2)) + (four.GetElement(1) + four.GetElement(3));
    }

    /// <summary>The largest lane.</summary>
    public static float Max(Vector512<float> lanes)
    {
        Vector256<float> eight = Larger(lanes.GetLower(), lanes.GetUpper());
        Vector128<float> four = Larger(eight.GetLower(), eight.GetUpper());
        float even = Larger(four.GetElement(0), four.GetElement(2)), odd = Larger(four.GetElement(1), four.GetElement(3));
        return Larger(even, odd);
    }

    /// <summary>Lanewise larger value; the same for every machine, unlike the native instruction on signed zeros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Larger(Vector512<float> a, Vector512<float> b) =>
        Vector512.ConditionalSelect(Vector512.GreaterThan(b, a), b, a);

    private static Vector256<float> Larger(Vector256<float> a, Vector256<float> b) =>
        Vector256.ConditionalSelect(Vector256.GreaterThan(b, a), b, a);

    private static Vector128<float> Larger(Vector128<float> a, Vector128<float> b) =>
        Vector128.ConditionalSelect(Vector128.GreaterThan(b, a), b, a);

    private static float Larger(float a, float b) => b > a ? b : a;

    /// <summary>The first <paramref name="count"/> &lt; 16 floats, the other lanes <paramref name="fill"/>.</summary>
    public static Vector512<float> LoadPart(float* source, long count, float fill)
    {
        float* lanes = stackalloc float[Lanes];
        for (int i = 0; i < Lanes; i++) lanes[i] = i < count ? source[i] : fill;
        return Vector512.Load(lanes);
    }

    /// <summary>Stores the first <paramref name="count"/> &lt; 16 lanes.</summary>
    public static void StorePart(Vector512<float> value, float* destination, long count)
    {
        float* lanes = stackalloc float[Lanes];
        value.Store(lanes);
        for (int i = 0; i < count; i++) destination[i] = lanes[i];
    }

    /// <summary>Σ a[i] · b[i], one fused multiply-add per element in its lane.</summary>
    public static float Dot(float* a, float* b, int n)
    {
        Vector512<float> sum = Vector512<float>.Zero;
        int i = 0;
        for (; i <= n - Lanes; i += Lanes) sum = Vector512.FusedMultiplyAdd(Vector512.Load(a + i), Vector512.Load(b + i), sum);
        if (i < n) sum = Vector512.FusedMultiplyAdd(LoadPart(a + i, n - i, 0f), LoadPart(b + i, n - i, 0f), sum);
        return Sum(sum);
    }
}

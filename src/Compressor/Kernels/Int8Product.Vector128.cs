using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Compressor.Kernels;

/// <summary>
/// 128-bit form of any machine: bytes widened to 16 bits, multiplied there (by precondition (P) no product leaves 16 bits),
/// and the two halves of each 32-bit element added with their signs.
/// </summary>
internal static unsafe partial class Int8Product
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyVector128(byte* a, int aStride, int rows, sbyte* b, long panelStride, int panels, int groups,
        int* bias, int* c, int cStride)
    {
        for (var p = 0; p < panels; p++, b += panelStride, bias += PanelWidth, c += PanelWidth)
        {
            for (var r = 0; r < rows; r++)
            {
                for (var n = 0; n < PanelWidth; n += 8)
                    Tile1Vector128((int*)(a + (long)r * aStride), b + 4 * n, groups, bias + n, c + (long)r * cStride + n);
            }
        }
    }

    /// <summary>1 row × 8 columns; an accumulator has two columns, each as the sums of its even and odd pairs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Tile1Vector128(int* a, sbyte* b, int groups, int* bias, int* c)
    {
        Vector128<int> c0 = Vector128<int>.Zero, c1 = c0, c2 = c0, c3 = c0;
        for (var g = 0; g < groups; g++, b += GroupBytes)
        {
            var x = Vector128.WidenLower(Vector128.Create(a[g]).AsByte()).AsInt16();
            Vector128<sbyte> b0 = Vector128.Load(b), b1 = Vector128.Load(b + 16);
            c0 += PairSums(x * Vector128.WidenLower(b0));
            c1 += PairSums(x * Vector128.WidenUpper(b0));
            c2 += PairSums(x * Vector128.WidenLower(b1));
            c3 += PairSums(x * Vector128.WidenUpper(b1));
        }
        (Vector128.Load(bias) + JoinPairs(c0, c1)).Store(c);
        (Vector128.Load(bias + 4) + JoinPairs(c2, c3)).Store(c + 4);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> PairSums(Vector128<short> products)
    {
        var pairs = products.AsInt32();
        return Vector128.ShiftRightArithmetic(Vector128.ShiftLeft(pairs, 16), 16) + Vector128.ShiftRightArithmetic(pairs, 16);
    }

    /// <summary>Adds neighbours: (x₀ + x₁, x₂ + x₃, y₀ + y₁, y₂ + y₃).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> JoinPairs(Vector128<int> x, Vector128<int> y)
    {
        Vector128<long> first = x.AsInt64(), second = y.AsInt64();
        Vector128<int> low = Vector128.Narrow(first, second), high = Vector128.Narrow(first >>> 32, second >>> 32);
        return low + high;
    }
}

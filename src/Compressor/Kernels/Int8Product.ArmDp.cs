using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace Compressor.Kernels;

/// <summary>
/// 128-bit Arm form with sdot, signed × signed: with a = a′ + 128, Σ a·b = Σ a′·b + 128·Σ b. Flipping the top bit of a byte
/// takes 128 off, and the columns' sums, once a panel for all rows, go into the start values.
/// </summary>
/// <remarks>sdot adds four products to a 32-bit accumulator without saturation: exact for all bytes, |a′·b| ≤ 2^14.</remarks>
internal static unsafe partial class Int8Product
{
    private const int ArmOffset = 128;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyArmDp(byte* a, int aStride, int rows, sbyte* b, long panelStride, int panels, int groups,
        int* bias, int* c, int cStride)
    {
        var starts = stackalloc int[PanelWidth];
        for (var p = 0; p < panels; p++, b += panelStride, bias += PanelWidth, c += PanelWidth)
        {
            for (var n = 0; n < PanelWidth; n += 4)
            {
                var sum = Vector128<int>.Zero;
                for (var g = 0; g < groups; g++) sum = Dp.DotProduct(sum, Vector128<sbyte>.One, Vector128.Load(b + g * GroupBytes + 4 * n));
                (Vector128.Load(bias + n) + sum * ArmOffset).Store(starts + n);
            }
            var r = 0;
            for (; r + 4 <= rows; r += 4)
            {
                for (var n = 0; n < PanelWidth; n += 16)
                    Tile4ArmDp(a + (long)r * aStride, aStride, b + 4 * n, groups, starts + n, c + (long)r * cStride + n, cStride);
            }
            for (; r < rows; r++)
            {
                for (var n = 0; n < PanelWidth; n += 16)
                    Tile1ArmDp(a + (long)r * aStride, b + 4 * n, groups, starts + n, c + (long)r * cStride + n);
            }
        }
    }

    /// <summary>4 rows × 16 columns in sixteen accumulators.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Tile4ArmDp(byte* a, long aStride, sbyte* b, int groups, int* starts, int* c, int cStride)
    {
        Vector128<int> c00 = Vector128.Load(starts), c01 = Vector128.Load(starts + 4), c02 = Vector128.Load(starts + 8), c03 = Vector128.Load(starts + 12);
        Vector128<int> c10 = c00, c11 = c01, c12 = c02, c13 = c03;
        Vector128<int> c20 = c00, c21 = c01, c22 = c02, c23 = c03;
        Vector128<int> c30 = c00, c31 = c01, c32 = c02, c33 = c03;
        for (var g = 0; g < groups; g++, b += GroupBytes, a += 4)
        {
            Vector128<sbyte> b0 = Vector128.Load(b), b1 = Vector128.Load(b + 16), b2 = Vector128.Load(b + 32), b3 = Vector128.Load(b + 48);
            var x = LessArmOffset(a);
            c00 = Dp.DotProduct(c00, x, b0);
            c01 = Dp.DotProduct(c01, x, b1);
            c02 = Dp.DotProduct(c02, x, b2);
            c03 = Dp.DotProduct(c03, x, b3);
            x = LessArmOffset(a + aStride);
            c10 = Dp.DotProduct(c10, x, b0);
            c11 = Dp.DotProduct(c11, x, b1);
            c12 = Dp.DotProduct(c12, x, b2);
            c13 = Dp.DotProduct(c13, x, b3);
            x = LessArmOffset(a + 2 * aStride);
            c20 = Dp.DotProduct(c20, x, b0);
            c21 = Dp.DotProduct(c21, x, b1);
            c22 = Dp.DotProduct(c22, x, b2);
            c23 = Dp.DotProduct(c23, x, b3);
            x = LessArmOffset(a + 3 * aStride);
            c30 = Dp.DotProduct(c30, x, b0);
            c31 = Dp.DotProduct(c31, x, b1);
            c32 = Dp.DotProduct(c32, x, b2);
            c33 = Dp.DotProduct(c33, x, b3);
        }
        StoreFour(c, c00, c01, c02, c03);
        StoreFour(c += cStride, c10, c11, c12, c13);
        StoreFour(c += cStride, c20, c21, c22, c23);
        StoreFour(c + cStride, c30, c31, c32, c33);
    }

    /// <summary>1 row × 16 columns in four accumulators.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Tile1ArmDp(byte* a, sbyte* b, int groups, int* starts, int* c)
    {
        Vector128<int> c0 = Vector128.Load(starts), c1 = Vector128.Load(starts + 4), c2 = Vector128.Load(starts + 8), c3 = Vector128.Load(starts + 12);
        for (var g = 0; g < groups; g++, b += GroupBytes, a += 4)
        {
            var x = LessArmOffset(a);
            c0 = Dp.DotProduct(c0, x, Vector128.Load(b));
            c1 = Dp.DotProduct(c1, x, Vector128.Load(b + 16));
            c2 = Dp.DotProduct(c2, x, Vector128.Load(b + 32));
            c3 = Dp.DotProduct(c3, x, Vector128.Load(b + 48));
        }
        StoreFour(c, c0, c1, c2, c3);
    }

    /// <summary>Four bytes for every column, each less 128.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<sbyte> LessArmOffset(byte* a) => (Vector128.Create(*(int*)a) ^ Vector128.Create(unchecked((int)0x80808080))).AsSByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreFour(int* c, Vector128<int> c0, Vector128<int> c1, Vector128<int> c2, Vector128<int> c3)
    {
        c0.Store(c);
        c1.Store(c + 4);
        c2.Store(c + 8);
        c3.Store(c + 12);
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Compressor.Kernels;

/// <summary>
/// 256-bit form with vpdpbusd: one instruction for 32 products, which it adds to 32-bit accumulators without saturation,
/// so that it is exact for all bytes. Eight to twelve accumulators hide its latency; more do not fit its 16 registers.
/// </summary>
internal static unsafe partial class Int8Product
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyAvxVnni(byte* a, int aStride, int rows, sbyte* b, long panelStride, int panels, int groups,
        int* bias, int* c, int cStride)
    {
        for (var p = 0; p < panels; p++, b += panelStride, bias += PanelWidth, c += PanelWidth)
        {
            var r = 0;
            for (; r + 6 <= rows && rows - r != 8; r += 6)
            {
                Tile6AvxVnni(a + (long)r * aStride, aStride, b, groups, bias, c + (long)r * cStride, cStride);
                Tile6AvxVnni(a + (long)r * aStride, aStride, b + GroupBytes / 2, groups, bias + 16, c + (long)r * cStride + 16, cStride);
            }
            for (; r + 4 <= rows; r += 4)
            {
                Tile4AvxVnni(a + (long)r * aStride, aStride, b, groups, bias, c + (long)r * cStride, cStride);
                Tile4AvxVnni(a + (long)r * aStride, aStride, b + GroupBytes / 2, groups, bias + 16, c + (long)r * cStride + 16, cStride);
            }
            for (; r < rows; r++) Tile1AvxVnni(a + (long)r * aStride, b, groups, bias, c + (long)r * cStride);
        }
    }

    /// <summary>6 rows × 16 columns in twelve accumulators.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Tile6AvxVnni(byte* a, long aStride, sbyte* b, int groups, int* bias, int* c, int cStride)
    {
        Vector256<int> c00 = Vector256.Load(bias), c01 = Vector256.Load(bias + 8);
        Vector256<int> c10 = c00, c11 = c01, c20 = c00, c21 = c01, c30 = c00, c31 = c01, c40 = c00, c41 = c01, c50 = c00, c51 = c01;
        var a3 = a + 3 * aStride;
        for (var g = 0; g < groups; g++, b += GroupBytes, a += 4, a3 += 4)
        {
            Vector256<sbyte> b0 = Vector256.Load(b), b1 = Vector256.Load(b + 32);
            var x = Vector256.Create(*(int*)a).AsByte();
            c00 = AvxVnni.MultiplyWideningAndAdd(c00, x, b0);
            c01 = AvxVnni.MultiplyWideningAndAdd(c01, x, b1);
            x = Vector256.Create(*(int*)(a + aStride)).AsByte();
            c10 = AvxVnni.MultiplyWideningAndAdd(c10, x, b0);
            c11 = AvxVnni.MultiplyWideningAndAdd(c11, x, b1);
            x = Vector256.Create(*(int*)(a + 2 * aStride)).AsByte();
            c20 = AvxVnni.MultiplyWideningAndAdd(c20, x, b0);
            c21 = AvxVnni.MultiplyWideningAndAdd(c21, x, b1);
            x = Vector256.Create(*(int*)a3).AsByte();
            c30 = AvxVnni.MultiplyWideningAndAdd(c30, x, b0);
            c31 = AvxVnni.MultiplyWideningAndAdd(c31, x, b1);
            x = Vector256.Create(*(int*)(a3 + aStride)).AsByte();
            c40 = AvxVnni.MultiplyWideningAndAdd(c40, x, b0);
            c41 = AvxVnni.MultiplyWideningAndAdd(c41, x, b1);
            x = Vector256.Create(*(int*)(a3 + 2 * aStride)).AsByte();
            c50 = AvxVnni.MultiplyWideningAndAdd(c50, x, b0);
            c51 = AvxVnni.MultiplyWideningAndAdd(c51, x, b1);
        }
        StorePair(c, c00, c01);
        StorePair(c += cStride, c10, c11);
        StorePair(c += cStride, c20, c21);
        StorePair(c += cStride, c30, c31);
        StorePair(c += cStride, c40, c41);
        StorePair(c + cStride, c50, c51);
    }

    /// <summary>4 rows × 16 columns in eight accumulators.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Tile4AvxVnni(byte* a, long aStride, sbyte* b, int groups, int* bias, int* c, int cStride)
    {
        Vector256<int> c00 = Vector256.Load(bias), c01 = Vector256.Load(bias + 8);
        Vector256<int> c10 = c00, c11 = c01, c20 = c00, c21 = c01, c30 = c00, c31 = c01;
        var a3 = a + 3 * aStride;
        for (var g = 0; g < groups; g++, b += GroupBytes, a += 4, a3 += 4)
        {
            Vector256<sbyte> b0 = Vector256.Load(b), b1 = Vector256.Load(b + 32);
            var x = Vector256.Create(*(int*)a).AsByte();
            c00 = AvxVnni.MultiplyWideningAndAdd(c00, x, b0);
            c01 = AvxVnni.MultiplyWideningAndAdd(c01, x, b1);
            x = Vector256.Create(*(int*)(a + aStride)).AsByte();
            c10 = AvxVnni.MultiplyWideningAndAdd(c10, x, b0);
            c11 = AvxVnni.MultiplyWideningAndAdd(c11, x, b1);
            x = Vector256.Create(*(int*)(a + 2 * aStride)).AsByte();
            c20 = AvxVnni.MultiplyWideningAndAdd(c20, x, b0);
            c21 = AvxVnni.MultiplyWideningAndAdd(c21, x, b1);
            x = Vector256.Create(*(int*)a3).AsByte();
            c30 = AvxVnni.MultiplyWideningAndAdd(c30, x, b0);
            c31 = AvxVnni.MultiplyWideningAndAdd(c31, x, b1);
        }
        StorePair(c, c00, c01);
        StorePair(c += cStride, c10, c11);
        StorePair(c += cStride, c20, c21);
        StorePair(c + cStride, c30, c31);
    }

    /// <summary>1 row × 32 columns; even and odd groups in accumulators of their own to overlap their latencies.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Tile1AvxVnni(byte* a, sbyte* b, int groups, int* bias, int* c)
    {
        Vector256<int> even0 = Vector256.Load(bias), even1 = Vector256.Load(bias + 8), even2 = Vector256.Load(bias + 16), even3 = Vector256.Load(bias + 24);
        Vector256<int> odd0 = Vector256<int>.Zero, odd1 = odd0, odd2 = odd0, odd3 = odd0;
        var a0 = (int*)a;
        var g = 0;
        for (; g + 2 <= groups; g += 2, b += 2 * GroupBytes)
        {
            Vector256<byte> x = Vector256.Create(a0[g]).AsByte(), y = Vector256.Create(a0[g + 1]).AsByte();
            even0 = AvxVnni.MultiplyWideningAndAdd(even0, x, Vector256.Load(b));
            even1 = AvxVnni.MultiplyWideningAndAdd(even1, x, Vector256.Load(b + 32));
            even2 = AvxVnni.MultiplyWideningAndAdd(even2, x, Vector256.Load(b + 64));
            even3 = AvxVnni.MultiplyWideningAndAdd(even3, x, Vector256.Load(b + 96));
            odd0 = AvxVnni.MultiplyWideningAndAdd(odd0, y, Vector256.Load(b + GroupBytes));
            odd1 = AvxVnni.MultiplyWideningAndAdd(odd1, y, Vector256.Load(b + GroupBytes + 32));
            odd2 = AvxVnni.MultiplyWideningAndAdd(odd2, y, Vector256.Load(b + GroupBytes + 64));
            odd3 = AvxVnni.MultiplyWideningAndAdd(odd3, y, Vector256.Load(b + GroupBytes + 96));
        }
        if (g < groups)
        {
            var x = Vector256.Create(a0[g]).AsByte();
            even0 = AvxVnni.MultiplyWideningAndAdd(even0, x, Vector256.Load(b));
            even1 = AvxVnni.MultiplyWideningAndAdd(even1, x, Vector256.Load(b + 32));
            even2 = AvxVnni.MultiplyWideningAndAdd(even2, x, Vector256.Load(b + 64));
            even3 = AvxVnni.MultiplyWideningAndAdd(even3, x, Vector256.Load(b + 96));
        }
        StorePair(c, even0 + odd0, even1 + odd1);
        StorePair(c + 16, even2 + odd2, even3 + odd3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StorePair(int* c, Vector256<int> first, Vector256<int> second)
    {
        first.Store(c);
        second.Store(c + 8);
    }
}

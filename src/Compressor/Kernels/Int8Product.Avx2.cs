using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Compressor.Kernels;

/// <summary>256-bit form: vpmaddubsw, vpmaddwd by one, vpaddd; three instructions for 32 products.</summary>
internal static unsafe partial class Int8Product
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyAvx2(byte* a, int aStride, int rows, sbyte* b, long panelStride, int panels, int groups,
        int* bias, int* c, int cStride)
    {
        for (var p = 0; p < panels; p++, b += panelStride, bias += PanelWidth, c += PanelWidth)
        {
            var r = 0;
            for (; r + 2 <= rows; r += 2) Tile2Avx2(a + (long)r * aStride, aStride, b, groups, bias, c + (long)r * cStride, cStride);
            if (r < rows) Tile1Avx2(a + (long)r * aStride, b, groups, bias, c + (long)r * cStride);
        }
    }

    /// <summary>2 rows × 32 columns in eight accumulators: each load of B serves two rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Tile2Avx2(byte* a, int aStride, sbyte* b, int groups, int* bias, int* c, int cStride)
    {
        var ones = Vector256<short>.One;
        Vector256<int> c00 = Vector256.Load(bias), c01 = Vector256.Load(bias + 8), c02 = Vector256.Load(bias + 16), c03 = Vector256.Load(bias + 24);
        Vector256<int> c10 = c00, c11 = c01, c12 = c02, c13 = c03;
        int* a0 = (int*)a, a1 = (int*)(a + aStride);
        for (var g = 0; g < groups; g++, b += GroupBytes)
        {
            Vector256<byte> x = Vector256.Create(a0[g]).AsByte(), y = Vector256.Create(a1[g]).AsByte();
            var w = Vector256.Load(b);
            c00 += Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(x, w), ones);
            c10 += Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(y, w), ones);
            w = Vector256.Load(b + 32);
            c01 += Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(x, w), ones);
            c11 += Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(y, w), ones);
            w = Vector256.Load(b + 64);
            c02 += Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(x, w), ones);
            c12 += Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(y, w), ones);
            w = Vector256.Load(b + 96);
            c03 += Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(x, w), ones);
            c13 += Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(y, w), ones);
        }
        c00.Store(c);
        c01.Store(c + 8);
        c02.Store(c + 16);
        c03.Store(c + 24);
        c10.Store(c += cStride);
        c11.Store(c + 8);
        c12.Store(c + 16);
        c13.Store(c + 24);
    }

    /// <summary>1 row × 32 columns in four accumulators.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Tile1Avx2(byte* a, sbyte* b, int groups, int* bias, int* c)
    {
        var ones = Vector256<short>.One;
        Vector256<int> c0 = Vector256.Load(bias), c1 = Vector256.Load(bias + 8), c2 = Vector256.Load(bias + 16), c3 = Vector256.Load(bias + 24);
        var a0 = (int*)a;
        for (var g = 0; g < groups; g++, b += GroupBytes)
        {
            var x = Vector256.Create(a0[g]).AsByte();
            c0 += Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(x, Vector256.Load(b)), ones);
            c1 += Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(x, Vector256.Load(b + 32)), ones);
            c2 += Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(x, Vector256.Load(b + 64)), ones);
            c3 += Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(x, Vector256.Load(b + 96)), ones);
        }
        c0.Store(c);
        c1.Store(c + 8);
        c2.Store(c + 16);
        c3.Store(c + 24);
    }
}

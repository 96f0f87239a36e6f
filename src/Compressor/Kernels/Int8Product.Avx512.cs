using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Compressor.Kernels;

/// <summary>512-bit form: vpmaddubsw, vpmaddwd by one, vpaddd; three instructions for 64 products.</summary>
internal static unsafe partial class Int8Product
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyAvx512(byte* a, int aStride, int rows, sbyte* b, long panelStride, int panels, int groups,
        int* bias, int* c, int cStride)
    {
        for (var p = 0; p < panels; p++, b += panelStride, bias += PanelWidth, c += PanelWidth)
        {
            var r = 0;
            for (; r + 4 <= rows; r += 4) Tile4Avx512(a + (long)r * aStride, aStride, b, groups, bias, c + (long)r * cStride, cStride);
            for (; r < rows; r++) Tile1Avx512(a + (long)r * aStride, b, groups, bias, c + (long)r * cStride);
        }
    }

    /// <summary>4 rows × 32 columns in eight accumulators: each load of B serves four rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Tile4Avx512(byte* a, int aStride, sbyte* b, int groups, int* bias, int* c, int cStride)
    {
        var ones = Vector512<short>.One;
        Vector512<int> c00 = Vector512.Load(bias), c01 = Vector512.Load(bias + 16);
        Vector512<int> c10 = c00, c11 = c01, c20 = c00, c21 = c01, c30 = c00, c31 = c01;
        int* a0 = (int*)a, a1 = (int*)(a + aStride), a2 = (int*)(a + 2 * aStride), a3 = (int*)(a + 3 * aStride);
        for (var g = 0; g < groups; g++, b += GroupBytes)
        {
            Vector512<sbyte> b0 = Vector512.Load(b), b1 = Vector512.Load(b + 64);
            var x = Vector512.Create(a0[g]).AsByte();
            c00 += Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(x, b0), ones);
            c01 += Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(x, b1), ones);
            x = Vector512.Create(a1[g]).AsByte();
            c10 += Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(x, b0), ones);
            c11 += Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(x, b1), ones);
            x = Vector512.Create(a2[g]).AsByte();
            c20 += Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(x, b0), ones);
            c21 += Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(x, b1), ones);
            x = Vector512.Create(a3[g]).AsByte();
            c30 += Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(x, b0), ones);
            c31 += Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(x, b1), ones);
        }
        c00.Store(c);
        c01.Store(c + 16);
        c10.Store(c += cStride);
        c11.Store(c + 16);
        c20.Store(c += cStride);
        c21.Store(c + 16);
        c30.Store(c += cStride);
        c31.Store(c + 16);
    }

    /// <summary>1 row × 32 columns; even and odd groups in accumulators of their own to overlap their latencies.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Tile1Avx512(byte* a, sbyte* b, int groups, int* bias, int* c)
    {
        var ones = Vector512<short>.One;
        Vector512<int> even0 = Vector512.Load(bias), even1 = Vector512.Load(bias + 16);
        Vector512<int> odd0 = Vector512<int>.Zero, odd1 = Vector512<int>.Zero;
        var a0 = (int*)a;
        var g = 0;
        for (; g + 2 <= groups; g += 2, b += 2 * GroupBytes)
        {
            Vector512<byte> x = Vector512.Create(a0[g]).AsByte(), y = Vector512.Create(a0[g + 1]).AsByte();
            even0 += Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(x, Vector512.Load(b)), ones);
            even1 += Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(x, Vector512.Load(b + 64)), ones);
            odd0 += Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(y, Vector512.Load(b + 128)), ones);
            odd1 += Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(y, Vector512.Load(b + 192)), ones);
        }
        if (g < groups)
        {
            var x = Vector512.Create(a0[g]).AsByte();
            even0 += Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(x, Vector512.Load(b)), ones);
            even1 += Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(x, Vector512.Load(b + 64)), ones);
        }
        (even0 + odd0).Store(c);
        (even1 + odd1).Store(c + 16);
    }
}

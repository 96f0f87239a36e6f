using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using BenchmarkDotNet.Attributes;
using Compressor.Kernels;

namespace Compressor.Benchmarks;

/// <summary>
/// What one core can do at most: the multiply-add sequence of each instruction set on registers alone, in enough independent
/// accumulators to hide its latency.
/// </summary>
[Config(typeof(OperationRateConfig))]
public class Int8PeakBenchmark : ICountsOperations
{
    private const int Rounds = 100_000;

    [ParamsSource(nameof(Sets))]
    public string Set { get; set; } = "";

    public static IEnumerable<string> Sets =>
        from set in (InstructionSet[])[InstructionSet.Avx2, InstructionSet.AvxVnni, InstructionSet.Avx512]
        where InstructionSets.IsSupported(set)
        select set.ToString();

    /// <summary>Two for each of the byte products of a round: accumulators × bytes of a register.</summary>
    public double Operations => 2.0 * Rounds * Set switch { "Avx512" => 8 * 64, "AvxVnni" => 10 * 32, _ => 8 * 32 };

    [Benchmark]
    public int Peak() => Set switch { "Avx512" => Avx512(), "AvxVnni" => AvxVnniSet(), _ => Avx2Set() };

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static int Avx512()
    {
        Vector512<byte> x0 = Vector512.Create((byte)3), x1 = Vector512.Create((byte)5);
        Vector512<sbyte> y0 = Vector512.Create((sbyte)1), y1 = Vector512.Create((sbyte)2), y2 = Vector512.Create((sbyte)3), y3 = Vector512.Create((sbyte)4);
        var ones = Vector512<short>.One;
        Vector512<int> a = default, b = default, c = default, d = default, e = default, f = default, g = default, h = default;
        for (var round = 0; round < Rounds; round++)
        {
            // Other values each time, so that no product can be taken out of the loop.
            x0 ^= y0.AsByte();
            x1 ^= y0.AsByte();
            a += Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(x0, y0), ones);
            b += Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(x0, y1), ones);
            c += Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(x0, y2), ones);
            d += Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(x0, y3), ones);
            e += Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(x1, y0), ones);
            f += Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(x1, y1), ones);
            g += Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(x1, y2), ones);
            h += Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(x1, y3), ones);
        }
        return Vector512.Sum(a + b + c + d + e + f + g + h);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static int AvxVnniSet()
    {
        var x = Vector256.Create((byte)3);
        var y = Vector256.Create((sbyte)1);
        Vector256<int> a = default, b = default, c = default, d = default, e = default, f = default, g = default, h = default, i = default, j = default;
        for (var round = 0; round < Rounds; round++)
        {
            a = AvxVnni.MultiplyWideningAndAdd(a, x, y);
            b = AvxVnni.MultiplyWideningAndAdd(b, x, y);
            c = AvxVnni.MultiplyWideningAndAdd(c, x, y);
            d = AvxVnni.MultiplyWideningAndAdd(d, x, y);
            e = AvxVnni.MultiplyWideningAndAdd(e, x, y);
            f = AvxVnni.MultiplyWideningAndAdd(f, x, y);
            g = AvxVnni.MultiplyWideningAndAdd(g, x, y);
            h = AvxVnni.MultiplyWideningAndAdd(h, x, y);
            i = AvxVnni.MultiplyWideningAndAdd(i, x, y);
            j = AvxVnni.MultiplyWideningAndAdd(j, x, y);
        }
        return Vector256.Sum(a + b + c + d + e + f + g + h + i + j);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static int Avx2Set()
    {
        Vector256<byte> x0 = Vector256.Create((byte)3), x1 = Vector256.Create((byte)5);
        Vector256<sbyte> y0 = Vector256.Create((sbyte)1), y1 = Vector256.Create((sbyte)2), y2 = Vector256.Create((sbyte)3), y3 = Vector256.Create((sbyte)4);
        var ones = Vector256<short>.One;
        Vector256<int> a = default, b = default, c = default, d = default, e = default, f = default, g = default, h = default;
        for (var round = 0; round < Rounds; round++)
        {
            // Other values each time, so that no product can be taken out of the loop.
            x0 ^= y0.AsByte();
            x1 ^= y0.AsByte();
            a += Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(x0, y0), ones);
            b += Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(x0, y1), ones);
            c += Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(x0, y2), ones);
            d += Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(x0, y3), ones);
            e += Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(x1, y0), ones);
            f += Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(x1, y1), ones);
            g += Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(x1, y2), ones);
            h += Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(x1, y3), ones);
        }
        return Vector256.Sum(a + b + c + d + e + f + g + h);
    }
}

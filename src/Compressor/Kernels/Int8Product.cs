namespace Compressor.Kernels;

/// <summary>
/// The one matrix product of the coded path: unsigned bytes × signed bytes → 32-bit integers, exact.
/// </summary>
/// <remarks>
/// C[r, n] = bias[n] + Σ_k A[r, k] · B[n, k], with A in rows of bytes and B in <em>panels</em> of
/// <see cref="PanelWidth"/> columns: panel p, group g holds B[32p … 32p+31, 4g … 4g+3] as 32 runs of 4 bytes, so that
/// one 4-byte broadcast of A meets 32 columns.
/// <para>
/// Precondition (P): for every row of A and column of B, |A[r,2i]·B[n,2i] + A[r,2i+1]·B[n,2i+1]| ≤ 32767, so that
/// the 16-bit pair sums of <c>vpmaddubsw</c> never saturate. It holds for all three uses:
/// (a) A ≤ 255 and |B[n,2i]| + |B[n,2i+1]| ≤ 128 (weights, checked on load): 255 · 128 = 32640;
/// (b) A ≤ 127 and |B| ≤ 127 (queries against keys, attention weights against values): 2 · 127 · 127 = 32258.
/// Sums of 32-bit integers are associative and commutative, so tiling, vector width and order cannot change C.
/// |C| stays below 2^31 while the inner size is below 65536: 65536/2 · 32767 &lt; 2^31.
/// </para>
/// </remarks>
internal static unsafe partial class Int8Product
{
    /// <summary>Columns of a panel.</summary>
    public const int PanelWidth = 32;

    /// <summary>Bytes of one group of a panel: 32 columns × 4 inner elements.</summary>
    public const int GroupBytes = PanelWidth * 4;

    /// <summary>Computes C for whole panels.</summary>
    /// <param name="a">Rows of 4·<paramref name="groups"/> bytes, <paramref name="aStride"/> apart.</param>
    /// <param name="aStride">Bytes from one row of A to the next.</param>
    /// <param name="rows">Rows of A and C.</param>
    /// <param name="b">Panels of <paramref name="groups"/> groups, <paramref name="panelStride"/> bytes apart.</param>
    /// <param name="panelStride">Bytes from one panel to the next; at least <paramref name="groups"/> · 128.</param>
    /// <param name="panels">Panels of B; C has 32 columns for each.</param>
    /// <param name="groups">Inner size / 4.</param>
    /// <param name="bias">32 · <paramref name="panels"/> start values, one a column.</param>
    /// <param name="c">[rows, 32 · panels] results, rows <paramref name="cStride"/> integers apart.</param>
    /// <param name="cStride">Integers from one row of C to the next.</param>
    /// <param name="set">Which implementation to run.</param>
    public static void Multiply(byte* a, int aStride, int rows, sbyte* b, long panelStride, int panels, int groups,
        int* bias, int* c, int cStride, InstructionSet set)
    {
        switch (set)
        {
            case InstructionSet.Avx512: MultiplyAvx512(a, aStride, rows, b, panelStride, panels, groups, bias, c, cStride); break;
            case InstructionSet.AvxVnni: MultiplyAvxVnni(a, aStride, rows, b, panelStride, panels, groups, bias, c, cStride); break;
            case InstructionSet.Avx2: MultiplyAvx2(a, aStride, rows, b, panelStride, panels, groups, bias, c, cStride); break;
            case InstructionSet.ArmDp: MultiplyArmDp(a, aStride, rows, b, panelStride, panels, groups, bias, c, cStride); break;
            case InstructionSet.Vector128: MultiplyVector128(a, aStride, rows, b, panelStride, panels, groups, bias, c, cStride); break;
            default: MultiplyScalar(a, aStride, rows, b, panelStride, panels, groups, bias, c, cStride); break;
        }
    }

    /// <summary>The definition.</summary>
    private static void MultiplyScalar(byte* a, int aStride, int rows, sbyte* b, long panelStride, int panels, int groups,
        int* bias, int* c, int cStride)
    {
        for (var r = 0; r < rows; r++)
        {
            for (var n = 0; n < panels * PanelWidth; n++)
            {
                var column = b + n / PanelWidth * panelStride + n % PanelWidth * 4;
                var sum = bias[n];
                for (var k = 0; k < groups * 4; k++)
                    sum += a[(long)r * aStride + k] * column[(long)(k / 4) * GroupBytes + k % 4];
                c[(long)r * cStride + n] = sum;
            }
        }
    }
}

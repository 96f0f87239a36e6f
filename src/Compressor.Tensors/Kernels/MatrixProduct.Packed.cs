using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Compressor.Tensors.Kernels;

// The product with B already packed into panels, and the choice of tile for the machine.
internal static unsafe partial class MatrixProduct
{
    private const int LargestTile = 12 * 2 * 16;

    // Vector512.IsHardwareAccelerated says whether wide vectors are advisable by default; for long products they always are.
    private static bool Has512 => Avx512F.IsSupported;

    private static bool Has256 => Avx2.IsSupported && Fma.IsSupported;

    private static bool Has128 => AdvSimd.IsSupported || Fma.IsSupported;

    /// <summary>Columns in a panel of packed B.</summary>
    public static int PanelWidth => 2 * (Has512 ? Simd512.Count : Has256 ? Simd256.Count : Has128 ? Simd128.Count : SimdScalar.Count);

    /// <summary>Rows of the largest tile.</summary>
    public static int RowUnit => Has512 || AdvSimd.IsSupported ? 12 : 6;

    /// <summary>
    /// C[m, n] (+)= A[m, k] · B[k, n]. A's element (i, p) is at a[i · rowStride + p · stepStride]; B is in panels of
    /// <see cref="PanelWidth"/> columns, each [≥ k, PanelWidth], one every <paramref name="panelStride"/> floats.
    /// </summary>
    public static void MultiplyPacked(
        int m, int n, int k, float* a, nint rowStride, nint stepStride, float* packedB, nint panelStride, float* c, nint ldc, bool accumulate)
    {
        if (Has512) Sweep<Vector512<float>, Simd512>(m, n, k, a, rowStride, stepStride, packedB, panelStride, c, ldc, accumulate);
        else if (Has256) Sweep<Vector256<float>, Simd256>(m, n, k, a, rowStride, stepStride, packedB, panelStride, c, ldc, accumulate);
        else if (Has128) Sweep<Vector128<float>, Simd128>(m, n, k, a, rowStride, stepStride, packedB, panelStride, c, ldc, accumulate);
        else Sweep<float, SimdScalar>(m, n, k, a, rowStride, stepStride, packedB, panelStride, c, ldc, accumulate);
    }

    private static void Sweep<TVector, TSimd>(
        int m, int n, int k, float* a, nint rowStride, nint stepStride, float* packedB, nint panelStride, float* c, nint ldc, bool accumulate)
        where TSimd : ISimd<TVector>
    {
        int width = 2 * TSimd.Count, rows;
        for (int i = 0; i < m; i += rows)
        {
            rows = RowUnit == 12 && m - i >= 12 ? 12 : Math.Min(6, m - i);
            float* left = a + i * rowStride;
            float* panel = packedB;
            int j = 0;
            if (rows >= 6)
            {
                for (; j <= n - width; j += width, panel += panelStride)
                {
                    if (rows == 12) Tile12x2<TVector, TSimd>(k, left, rowStride, stepStride, panel, c + i * ldc + j, ldc, accumulate);
                    else Tile6x2<TVector, TSimd>(k, left, rowStride, stepStride, panel, c + i * ldc + j, ldc, accumulate);
                }
            }

            for (; j < n; j += width, panel += panelStride)
            {
                PartialTile<TVector, TSimd>(
                    rows, i, Math.Min(width, n - j), k, left, rowStride, stepStride, panel, c + i * ldc + j, ldc, accumulate);
            }
        }
    }

    /// <summary>A tile that sticks out of C, computed in a copy. Missing rows are filled up with the finished ones above.</summary>
    private static void PartialTile<TVector, TSimd>(
        int rows, int rowsAbove, int columns, int k, float* a, nint rowStride, nint stepStride, float* panel, float* c, nint ldc, bool accumulate)
        where TSimd : ISimd<TVector>
    {
        int width = 2 * TSimd.Count;
        int above = rows < 6 && rowsAbove >= 6 - rows ? 6 - rows : 0;
        int tileRows = rows + above;
        float* copy = stackalloc float[LargestTile];
        a -= above * rowStride;
        if (accumulate)
        {
            for (int i = 0; i < tileRows; i++) Buffer.MemoryCopy(c + (i - above) * ldc, copy + i * width, 4L * columns, 4L * columns);
        }

        if (tileRows == 12) Tile12x2<TVector, TSimd>(k, a, rowStride, stepStride, panel, copy, width, accumulate);
        else if (tileRows == 6) Tile6x2<TVector, TSimd>(k, a, rowStride, stepStride, panel, copy, width, accumulate);
        else
        {
            for (int i = 0; i < tileRows; i++) Tile1x2<TVector, TSimd>(k, a + i * rowStride, stepStride, panel, copy + i * width, accumulate);
        }

        for (int i = above; i < tileRows; i++) Buffer.MemoryCopy(copy + i * width, c + (i - above) * ldc, 4L * columns, 4L * columns);
    }
}

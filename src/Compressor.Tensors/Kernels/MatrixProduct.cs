namespace Compressor.Tensors.Kernels;

/// <summary>
/// Single-precision matrix products. Every output element is one chain of fused multiply-adds over increasing k, whatever the
/// vector width, blocking or thread count, so the result is a function of the operands alone.
/// </summary>
internal static unsafe partial class MatrixProduct
{
    // A packed block of B, [256, 512] floats or half a megabyte, stays in the second-level cache while all rows of A pass.
    private const int DepthBlock = 256;
    private const int ColumnBlock = 512;

    // Rows of op(A) that are packed together.
    private const int RowBlock = 192;

    // Below this many multiply-adds a second thread costs more than it saves.
    private const long ParallelWork = 1 << 18;

    // Pieces of at least this many rows or columns are cut further than one a thread, so that an unevenly loaded machine still
    // finishes together.
    private const int PieceSize = 512;

    [ThreadStatic]
    private static ScratchBuffer? _scratch;

    /// <summary>
    /// C[m, n] (+)= op(A)[m, k] · op(B)[k, n], row-major; lda, ldb, ldc are the row strides of the stored matrices.
    /// With <paramref name="accumulate"/> each chain starts from the old value of C, else from zero.
    /// </summary>
    public static void Multiply(
        bool transposeA, bool transposeB, int m, int n, int k, float* a, int lda, float* b, int ldb, float* c, int ldc, bool accumulate)
    {
        long work = (long)m * n * k;
        int threads = WorkerPool.Threads;
        if (threads == 1 || work < ParallelWork)
        {
            MultiplyBlock(transposeA, transposeB, m, n, k, a, lda, b, ldb, c, ldc, accumulate);
            return;
        }

        int rowUnit = RowUnit, columnUnit = PanelWidth;
        (int rowParts, int columnParts) = Grid(m, n, Math.Max(m, n) >= 2 * threads * PieceSize ? 2 * threads : threads);
        int rowStep = RoundUp((m + rowParts - 1) / rowParts, rowUnit);
        int columnStep = RoundUp((n + columnParts - 1) / columnParts, columnUnit);
        rowParts = (m + rowStep - 1) / rowStep;
        columnParts = (n + columnStep - 1) / columnStep;
        WorkerPool.Run(rowParts * columnParts, part =>
        {
            int i = part / columnParts * rowStep, j = part % columnParts * columnStep;
            MultiplyBlock(
                transposeA, transposeB, Math.Min(rowStep, m - i), Math.Min(columnStep, n - j), k,
                a + (transposeA ? i : (nint)i * lda), lda, b + (transposeB ? (nint)j * ldb : j), ldb, c + (nint)i * ldc + j, ldc, accumulate);
        });
    }

    /// <summary>The same product on the calling thread alone.</summary>
    public static void MultiplyBlock(
        bool transposeA, bool transposeB, int m, int n, int k, float* a, nint lda, float* b, nint ldb, float* c, nint ldc, bool accumulate)
    {
        if (k == 0)
        {
            if (!accumulate) Clear(m, n, c, ldc);
            return;
        }

        int width = PanelWidth, packedRows = 4 * RowUnit;
        float* packedB = (_scratch ??= new ScratchBuffer()).Rent(DepthBlock * ColumnBlock + DepthBlock * RowBlock);
        float* packedA = packedB + DepthBlock * ColumnBlock;
        for (int jc = 0; jc < n; jc += ColumnBlock)
        {
            int columns = Math.Min(ColumnBlock, n - jc);
            for (int pc = 0; pc < k; pc += DepthBlock)
            {
                int depth = Math.Min(DepthBlock, k - pc);
                PanelPacking.Pack(transposeB, depth, columns, b + (transposeB ? jc * ldb + pc : pc * ldb + jc), ldb, width, packedB);
                for (int ic = 0; ic < m; ic += RowBlock)
                {
                    int rows = Math.Min(RowBlock, m - ic);
                    float* target = c + ic * ldc + jc;
                    bool continues = accumulate || pc > 0;
                    if (transposeA)
                    {
                        PanelPacking.Pack(false, depth, rows, a + pc * lda + ic, lda, packedRows, packedA);
                        for (int i = 0; i < rows; i += packedRows)
                        {
                            MultiplyPacked(
                                Math.Min(packedRows, rows - i), columns, depth, packedA + (nint)i * depth, 1, packedRows,
                                packedB, (nint)depth * width, target + i * ldc, ldc, continues);
                        }
                    }
                    else
                    {
                        MultiplyPacked(rows, columns, depth, a + ic * lda + pc, lda, 1, packedB, (nint)depth * width, target, ldc, continues);
                    }
                }
            }
        }
    }

    private static (int Rows, int Columns) Grid(int m, int n, int parts)
    {
        int rows = 1, columns = 1;
        while (rows * columns < parts)
        {
            if (m / rows >= n / columns) rows *= 2;
            else columns *= 2;
        }

        return (rows, columns);
    }

    private static int RoundUp(int value, int unit) => (value + unit - 1) / unit * unit;

    private static void Clear(int m, int n, float* c, nint ldc)
    {
        for (int i = 0; i < m; i++) new Span<float>(c + i * ldc, n).Clear();
    }
}

namespace Compressor.Tensors.Kernels;

/// <summary>Changes of layout.</summary>
internal static unsafe class Transpose
{
    private const long Grain = 1 << 14;

    /// <summary>y[columns, rows] = x[rows, columns]ᵀ.</summary>
    public static void Matrix(float* x, float* y, int rows, int columns)
    {
        int bands = (rows + 3) / 4;
        WorkerPool.RunRange(bands, Math.Max(1, Grain / 4 / Math.Max(1, columns)), (start, end) =>
        {
            for (long row = start * 4; row < Math.Min(end * 4, rows); row += 4)
            {
                if (row + 4 <= rows) PanelPacking.TransposeFourRows(columns, x + row * columns, columns, y + row, rows);
                else
                {
                    for (long r = row; r < rows; r++)
                    {
                        for (long c = 0; c < columns; c++) y[c * rows + r] = x[r * columns + c];
                    }
                }
            }
        });
    }

    /// <summary>y[a, c, b, d] = x[a, b, c, d]: splits or merges attention heads.</summary>
    public static void SwapMiddle(float* x, float* y, int a, int b, int c, int d) =>
        WorkerPool.RunRange((long)a * c, Math.Max(1, Grain / Math.Max(1, (long)b * d)), (start, end) =>
        {
            long bytes = (long)d * sizeof(float);
            for (long outer = start; outer < end; outer++)
            {
                long i = outer / c, k = outer % c;
                for (long j = 0; j < b; j++)
                {
                    Buffer.MemoryCopy(x + ((i * b + j) * c + k) * d, y + (outer * b + j) * d, bytes, bytes);
                }
            }
        });
}

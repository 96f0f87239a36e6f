namespace Compressor.Tensors.Kernels;

// X · Xᵀ: half of the work of a general product, and the same bits, because a · b and b · a round alike.
internal static unsafe partial class MatrixProduct
{
    private const int GramRows = 24;

    /// <summary>
    /// C[m, m] = X[m, k] · X[m, k]ᵀ, dense. The lower triangle is computed, element by element as <see cref="Multiply"/> would, and
    /// mirrored.
    /// </summary>
    public static void Gram(int m, int k, float* x, float* c)
    {
        int width = PanelWidth, panels = (m + width - 1) / width;
        nint panelStride = (nint)k * width;
        float* packed = (_scratch ??= new ScratchBuffer()).Rent(panels * panelStride);
        WorkerPool.Run(panels, panel =>
        {
            int start = panel * width;
            PanelPacking.Pack(true, k, Math.Min(width, m - start), x + (nint)start * k, k, width, packed + panel * panelStride);
        });
        int blocks = (m + GramRows - 1) / GramRows;
        WorkerPool.Run(blocks, item =>
        {
            int start = (blocks - 1 - item) * GramRows, rows = Math.Min(GramRows, m - start); // the longest first
            int columns = Math.Min(m, RoundUp(start + rows, width));
            MultiplyPacked(rows, columns, k, x + (nint)start * k, k, 1, packed, panelStride, c + (nint)start * m, m, false);
        });
        WorkerPool.RunRange(m, GramRows, (start, end) =>
        {
            for (long row = start; row < end; row++)
            {
                for (long column = row + 1; column < m; column++) c[row * m + column] = c[column * m + row];
            }
        });
    }
}

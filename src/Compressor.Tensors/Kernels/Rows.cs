namespace Compressor.Tensors.Kernels;

/// <summary>Kernels that treat a buffer as rows: broadcasts over rows, column sums, and the table look-ups of an embedding.</summary>
internal static unsafe class Rows
{
    private const long Grain = 1 << 14;

    /// <summary>y[r, :] = x[r, :] + vector.</summary>
    public static void AddVector(float* x, float* vector, float* y, int rows, int d) =>
        WorkerPool.RunRange(rows, RowGrain(d), (start, end) =>
        {
            for (long r = start; r < end; r++) Elementwise.AddBlock(x + r * d, vector, y + r * d, d);
        });

    /// <summary>y[r, :] = x[r, :] · vector.</summary>
    public static void MultiplyVector(float* x, float* vector, float* y, int rows, int d) =>
        WorkerPool.RunRange(rows, RowGrain(d), (start, end) =>
        {
            for (long r = start; r < end; r++) Elementwise.MultiplyBlock(x + r * d, vector, y + r * d, d);
        });

    /// <summary>y[r, :] = x[r, :] · factors[r].</summary>
    public static void MultiplyScalar(float* x, float* factors, float* y, int rows, int d) =>
        WorkerPool.RunRange(rows, RowGrain(d), (start, end) =>
        {
            for (long r = start; r < end; r++) Elementwise.ScaleBlock(x + r * d, factors[r], y + r * d, d);
        });

    /// <summary>sum[j] (+)= Σ_r x[r, j], rows in order. Threads own columns.</summary>
    public static void SumColumns(float* x, float* sum, int rows, int d, bool accumulate) =>
        WorkerPool.RunRange(d, ColumnGrain(rows), (start, end) =>
        {
            if (!accumulate) new Span<float>(sum + start, (int)(end - start)).Clear();
            for (long r = 0; r < rows; r++) Elementwise.AddBlock(sum + start, x + r * d + start, sum + start, end - start);
        });

    /// <summary>y[i, :] = table[indices[i], :]. The indices are not checked.</summary>
    public static void Gather(float* table, long* indices, float* y, int count, int d) =>
        WorkerPool.RunRange(count, RowGrain(d), (start, end) =>
        {
            long bytes = (long)d * sizeof(float);
            for (long i = start; i < end; i++) Buffer.MemoryCopy(table + indices[i] * d, y + i * d, bytes, bytes);
        });

    /// <summary>table[indices[i], :] += y[i, :], i in order. Threads own columns. The indices are not checked.</summary>
    public static void ScatterAdd(float* table, long* indices, float* y, int count, int d) =>
        WorkerPool.RunRange(d, ColumnGrain(count), (start, end) =>
        {
            for (long i = 0; i < count; i++)
            {
                float* row = table + indices[i] * d + start;
                Elementwise.AddBlock(row, y + i * d + start, row, end - start);
            }
        });

    private static long RowGrain(int d) => Math.Max(1, Grain / Math.Max(1, d));

    // At least a cache line of columns a thread.
    private static long ColumnGrain(int rows) => Math.Max(LaneTree.Lanes, Grain / Math.Max(1, rows));
}

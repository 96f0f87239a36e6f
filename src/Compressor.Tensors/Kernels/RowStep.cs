using System.Runtime.Intrinsics;

namespace Compressor.Tensors.Kernels;

/// <summary>The optimiser step of a look-up table: only rows whose gradient is not all zero are read, remembered and moved.</summary>
internal static unsafe class RowStep
{
    private const long ElementGrain = 1 << 14;

    /// <summary>
    /// For every row with a gradient: v = β v + (1 − β) g²; p = p − lr · g / (sqrt(v) + eps). All arrays are [rows, d]. v starts
    /// at zero and is not corrected for it, so a row's first steps are its longest. g is all zero afterwards.
    /// </summary>
    public static void Apply(float* p, float* g, float* v, long rows, int d, float lr, float beta, float eps) =>
        WorkerPool.RunRange(rows, Math.Max(1, ElementGrain / d), (start, end) =>
        {
            for (long row = start; row < end; row++)
            {
                long at = row * d;
                var gradient = new Span<float>(g + at, d);
                if (!gradient.ContainsAnyExcept(0f))
                    continue;
                StepRow(p + at, g + at, v + at, d, lr, beta, eps);
                gradient.Clear();
            }
        });

    private static void StepRow(float* p, float* g, float* v, int d, float lr, float beta, float eps)
    {
        int i = 0;
        for (; i <= d - LaneTree.Lanes; i += LaneTree.Lanes)
        {
            Vector512<float> gradient = Vector512.Load(g + i);
            Vector512<float> square = Vector512.Load(v + i) * beta + gradient * gradient * (1f - beta);
            square.Store(v + i);
            (Vector512.Load(p + i) - Vector512.Create(lr) * gradient / (Vector512.Sqrt(square) + Vector512.Create(eps))).Store(p + i);
        }

        for (; i < d; i++)
        {
            v[i] = v[i] * beta + g[i] * g[i] * (1f - beta);
            p[i] -= lr * g[i] / (MathF.Sqrt(v[i]) + eps);
        }
    }
}

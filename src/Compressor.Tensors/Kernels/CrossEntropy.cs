using System.Runtime.Intrinsics;

namespace Compressor.Tensors.Kernels;

/// <summary>Softmax cross entropy of rows of logits in nats. A row with a negative target is ignored: no loss, no gradient.</summary>
internal static unsafe class CrossEntropy
{
    private const int RowGrain = 8;

    /// <summary>logits: [rows, classes]; logSumExp (kept for the backward pass) and lossPerRow: [rows].</summary>
    public static void Forward(float* logits, long* targets, float* logSumExp, float* lossPerRow, int rows, int classes) =>
        WorkerPool.RunRange(rows, RowGrain, (start, end) =>
        {
            for (long row = start; row < end; row++)
            {
                float* x = logits + row * classes;
                float max = Reduction.Max(x, classes);
                float log = max + Exponential.Log(SumOfExp(x, classes, max));
                logSumExp[row] = log;
                lossPerRow[row] = targets[row] < 0 ? 0f : log - x[targets[row]];
            }
        });

    /// <summary>dLogits = (softmax(logits) − onehot(target)) · scale; dLogits may be logits.</summary>
    public static void Backward(float* logits, long* targets, float* logSumExp, float scale, float* dLogits, int rows, int classes) =>
        WorkerPool.RunRange(rows, RowGrain, (start, end) =>
        {
            for (long row = start; row < end; row++)
            {
                float* x = logits + row * classes;
                float* dx = dLogits + row * classes;
                long target = targets[row];
                if (target < 0)
                {
                    new Span<float>(dx, classes).Clear();
                    continue;
                }

                float atTarget = (Exponential.Exp(x[target] - logSumExp[row]) - 1f) * scale;
                ScaledSoftmax(x, dx, classes, logSumExp[row], scale);
                dx[target] = atTarget;
            }
        });

    private static float SumOfExp(float* x, int n, float max)
    {
        Vector512<float> shift = Vector512.Create(max), sum = Vector512<float>.Zero;
        int i = 0;
        for (; i <= n - LaneTree.Lanes; i += LaneTree.Lanes) sum += Exponential.Exp(Vector512.Load(x + i) - shift);
        if (i < n) sum += Exponential.Exp(LaneTree.LoadPart(x + i, n - i, float.NegativeInfinity) - shift);
        return LaneTree.Sum(sum);
    }

    private static void ScaledSoftmax(float* x, float* y, int n, float logSumExp, float scale)
    {
        Vector512<float> shift = Vector512.Create(logSumExp), factor = Vector512.Create(scale);
        int i = 0;
        for (; i <= n - LaneTree.Lanes; i += LaneTree.Lanes) (Exponential.Exp(Vector512.Load(x + i) - shift) * factor).Store(y + i);
        for (; i < n; i++) y[i] = Exponential.Exp(x[i] - logSumExp) * scale;
    }
}

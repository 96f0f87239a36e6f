using System.Runtime.Intrinsics;

namespace Compressor.Tensors.Kernels;

/// <summary>
/// Reductions of a whole buffer: lane trees over chunks of a fixed size, then the chunks in order in double precision.
/// The chunks are cut by position, so neither threads nor vector width can change the result.
/// </summary>
internal static unsafe class Reduction
{
    private const int Chunk = 1 << 14;

    /// <summary>Σ x[i].</summary>
    public static float Sum(float* x, long n) => (float)OverChunks<SumStep>(x, n);

    /// <summary>Σ x[i]².</summary>
    public static float SumOfSquares(float* x, long n) => (float)OverChunks<SquareStep>(x, n);

    /// <summary>The largest element; n ≥ 1.</summary>
    public static float Max(float* x, long n)
    {
        // The order of a maximum does not matter: two chains hide the latency.
        Vector512<float> max = Vector512.Create(float.NegativeInfinity), other = max;
        long i = 0;
        for (; i <= n - 2 * LaneTree.Lanes; i += 2 * LaneTree.Lanes)
        {
            max = LaneTree.Larger(max, Vector512.Load(x + i));
            other = LaneTree.Larger(other, Vector512.Load(x + i + LaneTree.Lanes));
        }

        max = LaneTree.Larger(max, other);
        for (; i <= n - LaneTree.Lanes; i += LaneTree.Lanes) max = LaneTree.Larger(max, Vector512.Load(x + i));
        if (i < n) max = LaneTree.Larger(max, LaneTree.LoadPart(x + i, n - i, float.NegativeInfinity));
        return LaneTree.Max(max);
    }

    private static double OverChunks<TStep>(float* x, long n)
        where TStep : IStep
    {
        long chunks = (n + Chunk - 1) / Chunk;
        if (chunks <= 1) return OneChunk<TStep>(x, n);
        float[] partial = new float[chunks];
        WorkerPool.RunRange(chunks, 4, (start, end) =>
        {
            for (long c = start; c < end; c++) partial[c] = OneChunk<TStep>(x + c * Chunk, Math.Min(Chunk, n - c * Chunk));
        });
        double sum = 0;
        foreach (float part in partial) sum += part;
        return sum;
    }

    private static float OneChunk<TStep>(float* x, long n)
        where TStep : IStep
    {
        Vector512<float> sum = Vector512<float>.Zero;
        long i = 0;
        for (; i <= n - LaneTree.Lanes; i += LaneTree.Lanes) sum = TStep.Add(sum, Vector512.Load(x + i));
        if (i < n) sum = TStep.Add(sum, LaneTree.LoadPart(x + i, n - i, 0f));
        return LaneTree.Sum(sum);
    }

    private interface IStep
    {
        static abstract Vector512<float> Add(Vector512<float> sum, Vector512<float> x);
    }

    private readonly struct SumStep : IStep
    {
        public static Vector512<float> Add(Vector512<float> sum, Vector512<float> x) => sum + x;
    }

    private readonly struct SquareStep : IStep
    {
        public static Vector512<float> Add(Vector512<float> sum, Vector512<float> x) => Vector512.FusedMultiplyAdd(x, x, sum);
    }
}

using System.Runtime.Intrinsics;

namespace Compressor.Tensors.Kernels;

/// <summary>Root-mean-square normalisation of rows, without a gain: y = x / sqrt(mean(x²) + eps).</summary>
internal static unsafe class RmsNorm
{
    private const int RowGrain = 64;

    /// <summary>x, y: [rows, d]; inverseRms: [rows], kept for the backward pass.</summary>
    public static void Forward(float* x, float* y, float* inverseRms, int rows, int d, float eps) =>
        WorkerPool.RunRange(rows, RowGrain, (start, end) =>
        {
            for (long row = start; row < end; row++)
            {
                float* source = x + row * d;
                float inverse = 1f / MathF.Sqrt(LaneTree.Dot(source, source, d) / d + eps);
                inverseRms[row] = inverse;
                Elementwise.ScaleBlock(source, inverse, y + row * d, d);
            }
        });

    /// <summary>dx (+)= r (dy − x r² mean(dy · x)) with r = inverseRms; dx may be dy.</summary>
    public static void Backward(float* x, float* inverseRms, float* dy, float* dx, int rows, int d, bool accumulate) =>
        WorkerPool.RunRange(rows, RowGrain, (start, end) =>
        {
            for (long row = start; row < end; row++)
            {
                float r = inverseRms[row];
                float along = LaneTree.Dot(dy + row * d, x + row * d, d) * r * r / d;
                BackwardRow(x + row * d, dy + row * d, dx + row * d, d, r, along, accumulate);
            }
        });

    private static void BackwardRow(float* x, float* dy, float* dx, int d, float r, float along, bool accumulate)
    {
        Vector512<float> scale = Vector512.Create(r), projection = Vector512.Create(along);
        int i = 0;
        for (; i <= d - LaneTree.Lanes; i += LaneTree.Lanes)
        {
            Vector512<float> gradient = scale * (Vector512.Load(dy + i) - Vector512.Load(x + i) * projection);
            (accumulate ? Vector512.Load(dx + i) + gradient : gradient).Store(dx + i);
        }

        for (; i < d; i++)
        {
            float gradient = r * (dy[i] - x[i] * along);
            dx[i] = accumulate ? dx[i] + gradient : gradient;
        }
    }
}

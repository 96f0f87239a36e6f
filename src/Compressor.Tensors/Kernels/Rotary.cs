using System.Runtime.Intrinsics;

namespace Compressor.Tensors.Kernels;

/// <summary>Rotary position embedding, "rotate half" layout: component i is paired with i + headDim / 2.</summary>
internal static unsafe class Rotary
{
    private const int RowGrain = 256;

    /// <summary>
    /// x, y: [batchHeads, length, headDim], y may be x; cos, sin: [length, headDim / 2]. Inverse turns the other way, which is the
    /// gradient of the forward rotation.
    /// </summary>
    public static void Apply(float* x, float* y, float* cos, float* sin, int batchHeads, int length, int headDim, bool inverse) =>
        WorkerPool.RunRange((long)batchHeads * length, RowGrain, (start, end) =>
        {
            int half = headDim / 2;
            for (long row = start; row < end; row++)
            {
                long position = row % length;
                RotateRow(x + row * headDim, y + row * headDim, cos + position * half, sin + position * half, half, inverse);
            }
        });

    private static void RotateRow(float* x, float* y, float* cos, float* sin, int half, bool inverse)
    {
        int i = 0;
        Vector512<float> sign = Vector512.Create(inverse ? -1f : 1f);
        for (; i <= half - LaneTree.Lanes; i += LaneTree.Lanes)
        {
            Vector512<float> a = Vector512.Load(x + i), b = Vector512.Load(x + half + i);
            Vector512<float> c = Vector512.Load(cos + i), s = Vector512.Load(sin + i) * sign;
            (a * c - b * s).Store(y + i);
            (b * c + a * s).Store(y + half + i);
        }

        for (; i < half; i++)
        {
            float a = x[i], b = x[half + i], c = cos[i], s = inverse ? -sin[i] : sin[i];
            y[i] = a * c - b * s;
            y[half + i] = b * c + a * s;
        }
    }
}

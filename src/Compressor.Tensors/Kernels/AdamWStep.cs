using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Compressor.Tensors.Kernels;

/// <summary>One optimiser step, AdamW: adaptive moments with decoupled weight decay, in one pass over the four buffers.</summary>
internal static unsafe class AdamWStep
{
    private const long Grain = 1 << 13;

    /// <summary>
    /// g' = g · gradientScale; m = β1 m + (1 − β1) g'; v = β2 v + (1 − β2) g'²;
    /// p = p (1 − lr · weightDecay) − (lr / correction1) · m / (sqrt(v) / sqrt(correction2) + eps),
    /// where correction1 = 1 − β1^t and correction2 = 1 − β2^t.
    /// </summary>
    public static void Apply(
        float* p, float* g, float* m, float* v, long n, float lr, float beta1, float beta2, float eps, float weightDecay,
        float correction1, float correction2, float gradientScale)
    {
        var constants = new Constants(
            gradientScale, beta1, 1f - beta1, beta2, 1f - beta2, 1f - lr * weightDecay, lr / correction1, MathF.Sqrt(correction2), eps);
        WorkerPool.RunRange(n, Grain, (start, end) => Block(p + start, g + start, m + start, v + start, end - start, constants));
    }

    private static void Block(float* p, float* g, float* m, float* v, long n, Constants constants)
    {
        long i = 0;
        for (; i <= n - LaneTree.Lanes; i += LaneTree.Lanes)
        {
            Vector512<float> first = Vector512.Load(m + i), second = Vector512.Load(v + i);
            Step(Vector512.Load(p + i), Vector512.Load(g + i), ref first, ref second, constants).Store(p + i);
            first.Store(m + i);
            second.Store(v + i);
        }

        if (i < n)
        {
            long rest = n - i;
            Vector512<float> first = LaneTree.LoadPart(m + i, rest, 0f), second = LaneTree.LoadPart(v + i, rest, 0f);
            Vector512<float> moved = Step(LaneTree.LoadPart(p + i, rest, 0f), LaneTree.LoadPart(g + i, rest, 0f), ref first, ref second, constants);
            LaneTree.StorePart(moved, p + i, rest);
            LaneTree.StorePart(first, m + i, rest);
            LaneTree.StorePart(second, v + i, rest);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Step(
        Vector512<float> p, Vector512<float> g, ref Vector512<float> m, ref Vector512<float> v, Constants constants)
    {
        g *= Vector512.Create(constants.GradientScale);
        m = m * Vector512.Create(constants.Beta1) + g * Vector512.Create(constants.OneMinusBeta1);
        v = v * Vector512.Create(constants.Beta2) + g * g * Vector512.Create(constants.OneMinusBeta2);
        Vector512<float> size = Vector512.Sqrt(v) / Vector512.Create(constants.RootCorrection2) + Vector512.Create(constants.Epsilon);
        return p * Vector512.Create(constants.Keep) - Vector512.Create(constants.Rate) * m / size;
    }

    private readonly record struct Constants(
        float GradientScale, float Beta1, float OneMinusBeta1, float Beta2, float OneMinusBeta2, float Keep, float Rate, float RootCorrection2, float Epsilon);
}

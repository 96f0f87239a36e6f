using System.Runtime.Intrinsics;

namespace Compressor.Tensors.Kernels;

/// <summary>Elementwise steps that exact integer arithmetic in floats needs: each has one possible result.</summary>
internal static unsafe class Rounding
{
    private const long Grain = 1 << 14;

    private interface IStep
    {
        static abstract Vector512<float> Of(Vector512<float> x, Vector512<float> first, Vector512<float> second);
    }

    /// <summary>y = |x|.</summary>
    public static void Abs(float* x, float* y, long n) => Run<AbsOf>(x, y, n, 0, 0);

    /// <summary>y = the whole number nearest to x, the even one of two.</summary>
    public static void Round(float* x, float* y, long n) => Run<RoundOf>(x, y, n, 0, 0);

    /// <summary>y = the largest whole number that is not above x.</summary>
    public static void Floor(float* x, float* y, long n) => Run<FloorOf>(x, y, n, 0, 0);

    /// <summary>y = x where x is not below the minimum, else the minimum.</summary>
    public static void ClampMin(float* x, float minimum, float* y, long n) => Run<ClampMinOf>(x, y, n, minimum, 0);

    /// <summary>y = x where x is above the threshold, else the value.</summary>
    public static void Threshold(float* x, float threshold, float value, float* y, long n) => Run<ThresholdOf>(x, y, n, threshold, value);

    private static void Run<TStep>(float* x, float* y, long n, float first, float second)
        where TStep : IStep =>
        WorkerPool.RunRange(n, Grain, (start, end) => Block<TStep>(x + start, y + start, end - start, Vector512.Create(first), Vector512.Create(second)));

    private static void Block<TStep>(float* x, float* y, long n, Vector512<float> first, Vector512<float> second)
        where TStep : IStep
    {
        long i = 0;
        for (; i <= n - LaneTree.Lanes; i += LaneTree.Lanes) TStep.Of(Vector512.Load(x + i), first, second).Store(y + i);
        if (i < n) LaneTree.StorePart(TStep.Of(LaneTree.LoadPart(x + i, n - i, 1f), first, second), y + i, n - i);
    }

    private readonly struct AbsOf : IStep
    {
        public static Vector512<float> Of(Vector512<float> x, Vector512<float> first, Vector512<float> second) => Vector512.Abs(x);
    }

    private readonly struct RoundOf : IStep
    {
        public static Vector512<float> Of(Vector512<float> x, Vector512<float> first, Vector512<float> second) => Vector512.Round(x);
    }

    private readonly struct FloorOf : IStep
    {
        public static Vector512<float> Of(Vector512<float> x, Vector512<float> first, Vector512<float> second) => Vector512.Floor(x);
    }

    private readonly struct ClampMinOf : IStep
    {
        public static Vector512<float> Of(Vector512<float> x, Vector512<float> first, Vector512<float> second) =>
            Vector512.ConditionalSelect(Vector512.LessThan(x, first), first, x);
    }

    private readonly struct ThresholdOf : IStep
    {
        public static Vector512<float> Of(Vector512<float> x, Vector512<float> first, Vector512<float> second) =>
            Vector512.ConditionalSelect(Vector512.LessThanOrEqual(x, first), second, x);
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Compressor.Tensors.Kernels;

/// <summary>
/// Elementwise kernels over n floats. Each operation is written once, on a 16-lane vector; the end of a buffer goes through the
/// same vector code. Outputs may be inputs, but must not overlap them otherwise.
/// </summary>
internal static unsafe class Elementwise
{
    // Floats a thread should get at least: below this the hand-over costs more than the work.
    private const long Grain = 1 << 14;

    private interface IUnary
    {
        static abstract Vector512<float> Of(Vector512<float> x, float parameter);
    }

    private interface IBinary
    {
        static abstract Vector512<float> Of(Vector512<float> a, Vector512<float> b, float parameter);
    }

    /// <summary>y = a + b.</summary>
    public static void Add(float* a, float* b, float* y, long n) => Binary<AddOf>(a, b, y, n);

    /// <summary>y += x.</summary>
    public static void AddInPlace(float* y, float* x, long n) => Binary<AddOf>(y, x, y, n);

    /// <summary>y = a − b.</summary>
    public static void Subtract(float* a, float* b, float* y, long n) => Binary<SubtractOf>(a, b, y, n);

    /// <summary>y = a · b.</summary>
    public static void Multiply(float* a, float* b, float* y, long n) => Binary<MultiplyOf>(a, b, y, n);

    /// <summary>y = a / b.</summary>
    public static void Divide(float* a, float* b, float* y, long n) => Binary<DivideOf>(a, b, y, n);

    /// <summary>y = x · factor.</summary>
    public static void Scale(float* x, float factor, float* y, long n) => Unary<ScaleOf>(x, y, n, factor);

    /// <summary>y = x + term.</summary>
    public static void AddScalar(float* x, float term, float* y, long n) => Unary<AddScalarOf>(x, y, n, term);

    /// <summary>y += x · factor, the product rounded before the sum.</summary>
    public static void AddScaled(float* y, float* x, float factor, long n) => Binary<AddScaledOf>(y, x, y, n, factor);

    /// <summary>y = max(x, 0).</summary>
    public static void Relu(float* x, float* y, long n) => Unary<ReluOf>(x, y, n);

    /// <summary>dx = dy where x &gt; 0, else 0.</summary>
    public static void ReluBackward(float* x, float* dy, float* dx, long n) => Binary<ReluGradient>(x, dy, dx, n);

    /// <summary>y = max(x, 0)².</summary>
    public static void SquaredRelu(float* x, float* y, long n) => Unary<SquaredReluOf>(x, y, n);

    /// <summary>dx = dy · 2 max(x, 0).</summary>
    public static void SquaredReluBackward(float* x, float* dy, float* dx, long n) => Binary<SquaredReluGradient>(x, dy, dx, n);

    /// <summary>y = 1 / sqrt(x), both steps correctly rounded.</summary>
    public static void Rsqrt(float* x, float* y, long n) => Unary<RsqrtOf>(x, y, n);

    /// <summary>y = sqrt(x).</summary>
    public static void Sqrt(float* x, float* y, long n) => Unary<SqrtOf>(x, y, n);

    /// <summary>y = e^x.</summary>
    public static void Exp(float* x, float* y, long n) => Unary<ExpOf>(x, y, n);

    /// <summary>y = ln x, x positive and normal.</summary>
    public static void Log(float* x, float* y, long n) => Unary<LogOf>(x, y, n);

    /// <summary>y = value.</summary>
    public static void Fill(float* y, float value, long n) => WorkerPool.RunRange(n, Grain, (start, end) =>
    {
        for (long i = start; i < end; i += int.MaxValue) new Span<float>(y + i, (int)Math.Min(int.MaxValue, end - i)).Fill(value);
    });

    /// <summary>y = x.</summary>
    public static void Copy(float* x, float* y, long n) =>
        WorkerPool.RunRange(n, Grain, (start, end) => Buffer.MemoryCopy(x + start, y + start, (end - start) * sizeof(float), (end - start) * sizeof(float)));

    /// <summary>y = x · factor on the calling thread: one row of a row kernel.</summary>
    internal static void ScaleBlock(float* x, float factor, float* y, long n) => UnaryBlock<ScaleOf>(x, y, n, factor);

    /// <summary>y = a + b on the calling thread: one row of a row kernel.</summary>
    internal static void AddBlock(float* a, float* b, float* y, long n) => BinaryBlock<AddOf>(a, b, y, n, 0f);

    /// <summary>y = a · b on the calling thread: one row of a row kernel.</summary>
    internal static void MultiplyBlock(float* a, float* b, float* y, long n) => BinaryBlock<MultiplyOf>(a, b, y, n, 0f);

    private static void Unary<TOp>(float* x, float* y, long n, float parameter = 0f)
        where TOp : IUnary =>
        WorkerPool.RunRange(n, Grain, (start, end) => UnaryBlock<TOp>(x + start, y + start, end - start, parameter));

    private static void Binary<TOp>(float* a, float* b, float* y, long n, float parameter = 0f)
        where TOp : IBinary =>
        WorkerPool.RunRange(n, Grain, (start, end) => BinaryBlock<TOp>(a + start, b + start, y + start, end - start, parameter));

    private static void UnaryBlock<TOp>(float* x, float* y, long n, float parameter)
        where TOp : IUnary
    {
        long i = 0;
        for (; i <= n - LaneTree.Lanes; i += LaneTree.Lanes) TOp.Of(Vector512.Load(x + i), parameter).Store(y + i);
        if (i < n) LaneTree.StorePart(TOp.Of(LaneTree.LoadPart(x + i, n - i, 1f), parameter), y + i, n - i);
    }

    private static void BinaryBlock<TOp>(float* a, float* b, float* y, long n, float parameter)
        where TOp : IBinary
    {
        long i = 0;
        for (; i <= n - LaneTree.Lanes; i += LaneTree.Lanes) TOp.Of(Vector512.Load(a + i), Vector512.Load(b + i), parameter).Store(y + i);
        if (i < n)
        {
            Vector512<float> end = TOp.Of(LaneTree.LoadPart(a + i, n - i, 1f), LaneTree.LoadPart(b + i, n - i, 1f), parameter);
            LaneTree.StorePart(end, y + i, n - i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Positive(Vector512<float> x) =>
        Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512<float>.Zero), Vector512<float>.Zero, x);

    private readonly struct AddOf : IBinary
    {
        public static Vector512<float> Of(Vector512<float> a, Vector512<float> b, float parameter) => a + b;
    }

    private readonly struct SubtractOf : IBinary
    {
        public static Vector512<float> Of(Vector512<float> a, Vector512<float> b, float parameter) => a - b;
    }

    private readonly struct MultiplyOf : IBinary
    {
        public static Vector512<float> Of(Vector512<float> a, Vector512<float> b, float parameter) => a * b;
    }

    private readonly struct DivideOf : IBinary
    {
        public static Vector512<float> Of(Vector512<float> a, Vector512<float> b, float parameter) => a / b;
    }

    private readonly struct AddScaledOf : IBinary
    {
        public static Vector512<float> Of(Vector512<float> a, Vector512<float> b, float parameter) => a + b * Vector512.Create(parameter);
    }

    private readonly struct ReluGradient : IBinary
    {
        public static Vector512<float> Of(Vector512<float> a, Vector512<float> b, float parameter) =>
            Vector512.ConditionalSelect(Vector512.GreaterThan(a, Vector512<float>.Zero), b, Vector512<float>.Zero);
    }

    private readonly struct SquaredReluGradient : IBinary
    {
        public static Vector512<float> Of(Vector512<float> a, Vector512<float> b, float parameter)
        {
            Vector512<float> positive = Positive(a);
            return b * (positive + positive);
        }
    }

    private readonly struct ScaleOf : IUnary
    {
        public static Vector512<float> Of(Vector512<float> x, float parameter) => x * Vector512.Create(parameter);
    }

    private readonly struct AddScalarOf : IUnary
    {
        public static Vector512<float> Of(Vector512<float> x, float parameter) => x + Vector512.Create(parameter);
    }

    private readonly struct ReluOf : IUnary
    {
        public static Vector512<float> Of(Vector512<float> x, float parameter) => Positive(x);
    }

    private readonly struct SquaredReluOf : IUnary
    {
        public static Vector512<float> Of(Vector512<float> x, float parameter)
        {
            Vector512<float> positive = Positive(x);
            return positive * positive;
        }
    }

    private readonly struct SqrtOf : IUnary
    {
        public static Vector512<float> Of(Vector512<float> x, float parameter) => Vector512.Sqrt(x);
    }

    private readonly struct RsqrtOf : IUnary
    {
        public static Vector512<float> Of(Vector512<float> x, float parameter) => Vector512.Create(1f) / Vector512.Sqrt(x);
    }

    private readonly struct ExpOf : IUnary
    {
        public static Vector512<float> Of(Vector512<float> x, float parameter) => Exponential.Exp(x);
    }

    private readonly struct LogOf : IUnary
    {
        public static Vector512<float> Of(Vector512<float> x, float parameter) => Exponential.Log(x);
    }
}

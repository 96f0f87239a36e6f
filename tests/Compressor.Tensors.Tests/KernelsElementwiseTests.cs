using Compressor.Tensors.Kernels;

namespace Compressor.Tensors.Tests;

public unsafe class KernelsElementwiseTests
{
    private delegate void Unary(float* x, float* y, long n);

    private delegate void Binary(float* a, float* b, float* y, long n);

    // A whole number of vectors, a few floats more, and enough for two threads.
    public static TheoryData<int> Lengths => [1, 15, 16, 100, 50_001];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void EveryOperationMatchesItsScalarDefinitionBitForBit(int n)
    {
        CheckBinary(Elementwise.Add, (a, b) => a + b, n);
        CheckBinary(Elementwise.Subtract, (a, b) => a - b, n);
        CheckBinary(Elementwise.Multiply, (a, b) => a * b, n);
        CheckBinary(Elementwise.Divide, (a, b) => a / b, n);
        CheckBinary(Elementwise.ReluBackward, (x, dy) => x > 0 ? dy : 0f, n);
        CheckBinary(Elementwise.SquaredReluBackward, (x, dy) => x < 0 ? dy * 0f : dy * (x + x), n);
        CheckUnary((x, y, count) => Elementwise.Scale(x, 0.3f, y, count), x => x * 0.3f, n);
        CheckUnary((x, y, count) => Elementwise.AddScalar(x, 0.3f, y, count), x => x + 0.3f, n);
        CheckUnary(Elementwise.Relu, x => x < 0 ? 0f : x, n);
        CheckUnary(Elementwise.SquaredRelu, x => x < 0 ? 0f : x * x, n);
        CheckUnary((x, y, count) => Elementwise.Fill(y, 7f, count), _ => 7f, n);
        CheckUnary(Elementwise.Copy, x => x, n);
        CheckUnary(Elementwise.Exp, Exponential.Exp, n);
        CheckUnary((x, y, count) => Squares(x, y, count, Elementwise.Sqrt), x => MathF.Sqrt(x * x + 0.5f), n);
        CheckUnary((x, y, count) => Squares(x, y, count, Elementwise.Rsqrt), x => 1f / MathF.Sqrt(x * x + 0.5f), n);
        CheckUnary((x, y, count) => Squares(x, y, count, Elementwise.Log), x => Exponential.Log(x * x + 0.5f), n);
    }

    [Fact]
    public void InPlaceAdditions()
    {
        const int N = 40_007;
        using var memory = new KernelMemory();
        float* x = memory.Random(N, 1), y = memory.Random(N, 2), first = memory.Copy(y, N), second = memory.Copy(y, N);
        Elementwise.AddInPlace(first, x, N);
        Elementwise.AddScaled(second, x, 0.7f, N);
        for (int i = 0; i < N; i++)
        {
            Assert.Equal(y[i] + x[i], first[i]);
            Assert.Equal(y[i] + x[i] * 0.7f, second[i]);
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 9)]
    [InlineData(130, 257)]
    public void TransposesMoveEveryElement(int rows, int columns)
    {
        using var memory = new KernelMemory();
        float* x = memory.Random(rows * columns * 12, 1), y = memory.Zeros(rows * columns * 12);
        Transpose.Matrix(x, y, rows, columns);
        for (int r = 0; r < rows; r++)
        {
            for (int c = 0; c < columns; c++) Assert.Equal(x[r * columns + c], y[c * rows + r]);
        }

        // [a = 3, b = rows, c = columns, d = 4]
        Transpose.SwapMiddle(x, y, 3, rows, columns, 4);
        for (int i = 0; i < 3 * rows * columns * 4; i++)
        {
            int d = i % 4, c = i / 4 % columns, b = i / 4 / columns % rows, a = i / 4 / columns / rows;
            Assert.Equal(x[i], y[((a * columns + c) * rows + b) * 4 + d]);
        }
    }

    [Theory]
    [InlineData(5)]
    [InlineData(30_011)]
    public void AdamWMatchesItsFormulaBitForBit(int n)
    {
        const float Rate = 3e-3f, Beta1 = 0.9f, Beta2 = 0.97f, Epsilon = 1e-8f, Decay = 0.1f, Correction1 = 0.271f, Correction2 = 0.0873f, Scale = 0.5f;
        using var memory = new KernelMemory();
        float* p = memory.Random(n, 1), g = memory.Random(n, 2), m = memory.Random(n, 3), v = memory.Random(n, 4);
        for (int i = 0; i < n; i++) v[i] = Math.Abs(v[i]);
        float* newP = memory.Copy(p, n), newM = memory.Copy(m, n), newV = memory.Copy(v, n);
        AdamWStep.Apply(newP, g, newM, newV, n, Rate, Beta1, Beta2, Epsilon, Decay, Correction1, Correction2, Scale);
        float keep = 1f - Rate * Decay, step = Rate / Correction1, root = MathF.Sqrt(Correction2);
        for (int i = 0; i < n; i++)
        {
            float gradient = g[i] * Scale;
            float first = m[i] * Beta1 + gradient * (1f - Beta1);
            float second = v[i] * Beta2 + gradient * gradient * (1f - Beta2);
            Assert.Equal(first, newM[i]);
            Assert.Equal(second, newV[i]);
            Assert.Equal(p[i] * keep - step * first / (MathF.Sqrt(second) / root + Epsilon), newP[i]);
        }
    }

    // Positive arguments for the functions that need them.
    private static void Squares(float* x, float* y, long n, Unary operation)
    {
        Elementwise.Multiply(x, x, y, n);
        Elementwise.AddScalar(y, 0.5f, y, n);
        operation(y, y, n);
    }

    private static void CheckUnary(Unary operation, Func<float, float> definition, int n)
    {
        using var memory = new KernelMemory();
        float* x = memory.Random(n, n, 1), y = memory.Zeros(n), expected = memory.Zeros(n);
        for (int i = 0; i < n; i++) expected[i] = definition(x[i]);
        operation(x, y, n);
        KernelAssert.SameBits(expected, y, n);
        Assert.Equal(0f, y[n]);
    }

    private static void CheckBinary(Binary operation, Func<float, float, float> definition, int n)
    {
        using var memory = new KernelMemory();
        float* a = memory.Random(n, n, 1), b = memory.Random(n, n + 1, 2), y = memory.Zeros(n), expected = memory.Zeros(n);
        for (int i = 0; i < n; i++) expected[i] = definition(a[i], b[i]);
        operation(a, b, y, n);
        KernelAssert.SameBits(expected, y, n);
        Assert.Equal(0f, y[n]);
    }
}

using System.Security.Cryptography;
using Compressor.Tensors.Kernels;

namespace Compressor.Tensors.Tests;

/// <summary>One hash over what every kernel makes of fixed inputs: equal on every machine, instruction set and thread count.</summary>
internal static unsafe class KernelFingerprint
{
    public static string Compute()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var memory = new KernelMemory();
        AddProducts(hash, memory);
        AddAttention(hash, memory);
        AddRows(hash, memory);
        AddElementwise(hash, memory);
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static void AddProducts(IncrementalHash hash, KernelMemory memory)
    {
        float* a = memory.Random(200 * 300, 1), b = memory.Random(200 * 300, 2), c = memory.Random(200 * 200, 3);
        foreach ((int m, int n, int k) in new[] { (1, 1, 1), (13, 35, 7), (64, 64, 64), (101, 73, 290) })
        {
            for (int kind = 0; kind < 8; kind++)
            {
                bool transposeA = (kind & 1) != 0, transposeB = (kind & 2) != 0;
                MatrixProduct.Multiply(transposeA, transposeB, m, n, k, a, transposeA ? m : k, b, transposeB ? k : n, c, n, (kind & 4) != 0);
                Add(hash, c, m * n);
            }

            MatrixProduct.Gram(m, k, a, c);
            Add(hash, c, m * m);
        }
    }

    private static void AddAttention(IncrementalHash hash, KernelMemory memory)
    {
        foreach ((int length, int headDim) in new[] { (19, 8), (80, 32) })
        {
            KernelAttentionRun run = KernelAttentionRun.Compute(memory, 4, 2, length, headDim);
            int size = 4 * length * headDim;
            Add(hash, run.O, size);
            Add(hash, run.LogSumExp, 4 * length);
            Add(hash, run.Dq, size);
            Add(hash, run.Dk, size / 2);
            Add(hash, run.Dv, size / 2);
        }
    }

    private static void AddRows(IncrementalHash hash, KernelMemory memory)
    {
        const int Count = 33, D = 150;
        float* x = memory.Random(Count * D, 4), y = memory.Zeros(Count * D), z = memory.Random(Count * D, 5);
        float* perRow = memory.Zeros(Count), loss = memory.Zeros(Count);
        long* indices = stackalloc long[Count];
        for (int i = 0; i < Count; i++) indices[i] = i * i % 20;
        float* table = memory.Random(Count * D, 6), gradient = memory.Random(Count * D, 7), squares = memory.Zeros(Count * D);
        new Span<float>(gradient + 3 * D, D).Clear();
        RowStep.Apply(table, gradient, squares, Count, D, 0.01f, 0.9f, 1e-8f);
        Add(hash, table, Count * D);
        Add(hash, squares, Count * D);
        RmsNorm.Forward(x, y, perRow, Count, D, 1e-5f);
        Add(hash, y, Count * D);
        RmsNorm.Backward(x, perRow, z, y, Count, D, true);
        Add(hash, y, Count * D);
        CrossEntropy.Forward(x, indices, perRow, loss, Count, D);
        CrossEntropy.Backward(x, indices, perRow, 0.1f, y, Count, D);
        Add(hash, loss, Count);
        Add(hash, y, Count * D);
        Rotary.Apply(x, y, z, z, 3, Count / 3, D, true);
        Rows.ScatterAdd(y, indices, x, Count, D);
        Rows.AddVector(y, x, y, Count, D);
        Rows.MultiplyVector(y, x, y, Count, D);
        Rows.MultiplyScalar(y, perRow, y, Count, D);
        Rows.SumColumns(y, z, Count, D, true);
        Add(hash, z, Count * D);
        Rows.Gather(y, indices, z, Count, D);
        Transpose.Matrix(z, y, Count, D);
        Transpose.SwapMiddle(y, z, 3, 5, Count, D / 15);
        Add(hash, z, Count * D);
    }

    private static void AddElementwise(IncrementalHash hash, KernelMemory memory)
    {
        const int N = 40_011;
        float* a = memory.Random(N, 6), b = memory.Random(N, 7), m = memory.Random(N, 8), v = memory.Zeros(N);
        Elementwise.Multiply(m, m, v, N);
        AdamWStep.Apply(a, b, m, v, N, 3e-3f, 0.9f, 0.97f, 1e-8f, 0.1f, 0.2f, 0.3f, 0.5f);
        Add(hash, a, N);
        Elementwise.Divide(b, a, m, N);
        Elementwise.AddScaled(a, m, 0.01f, N);
        Elementwise.SquaredReluBackward(a, b, m, N);
        Elementwise.Subtract(m, a, a, N);
        Elementwise.Exp(a, m, N);
        Elementwise.Rsqrt(m, b, N);
        Add(hash, b, N);
        Elementwise.Log(m, b, N);
        Elementwise.SquaredRelu(b, a, N);
        Add(hash, a, N);
        float* sums = stackalloc float[3];
        sums[0] = Reduction.Sum(b, N);
        sums[1] = Reduction.SumOfSquares(b, N);
        sums[2] = Reduction.Max(b, N);
        Add(hash, sums, 3);
    }

    private static void Add(IncrementalHash hash, float* x, int n) => hash.AppendData(new ReadOnlySpan<byte>(x, n * sizeof(float)));
}

using Compressor.Tensors.Kernels;

namespace Compressor.Tensors.Tests;

public unsafe class KernelsMatrixProductTests
{
    [Fact]
    public void EqualsTheTripleLoopBitForBitForOddShapes()
    {
        var random = new Random(1);
        for (int trial = 0; trial < 1500; trial++) CheckAgainstReference(random, 1 + random.Next(70), 1 + random.Next(70), 1 + random.Next(70));
    }

    [Theory]
    [InlineData(150, 130, 600)] // three blocks of k
    [InlineData(3, 1100, 20)] // three blocks of n
    [InlineData(450, 33, 70)] // three blocks of m
    public void EqualsTheTripleLoopAcrossCacheBlocks(int m, int n, int k)
    {
        var random = new Random(m);
        for (int trial = 0; trial < 8; trial++) CheckAgainstReference(random, m, n, k);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void DoesNotDependOnTheThreadCount(bool transposeA, bool transposeB)
    {
        const int M = 301, N = 203, K = 97;
        using var memory = new KernelMemory();
        float* a = memory.Random(M * K, 1), b = memory.Random(N * K, 2);
        float* one = memory.Zeros(M * N), many = memory.Zeros(M * N);
        KernelThreads.With(1, () => MatrixProduct.Multiply(transposeA, transposeB, M, N, K, a, transposeA ? M : K, b, transposeB ? K : N, one, N, false));
        foreach (int threads in new[] { 2, 3, 5 })
        {
            KernelThreads.With(threads, () => MatrixProduct.Multiply(transposeA, transposeB, M, N, K, a, transposeA ? M : K, b, transposeB ? K : N, many, N, false));
            KernelAssert.SameBits(one, many, M * N);
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(5, 17)]
    [InlineData(64, 64)]
    [InlineData(97, 300)]
    [InlineData(256, 40)]
    public void TheGramMatrixHasTheBitsOfTheGeneralProduct(int m, int k)
    {
        using var memory = new KernelMemory();
        float* x = memory.Random(m * k, 1), expected = memory.Zeros(m * m), actual = memory.Random(m * m, 2);
        MatrixProduct.Multiply(false, true, m, m, k, x, k, x, k, expected, m, false);
        foreach (int threads in new[] { 1, 3 })
        {
            KernelThreads.With(threads, () => MatrixProduct.Gram(m, k, x, actual));
            KernelAssert.SameBits(expected, actual, m * m);
        }
    }

    [Fact]
    public void ARowDoesNotDependOnTheOtherRows()
    {
        const int M = 37, N = 45, K = 300;
        using var memory = new KernelMemory();
        float* a = memory.Random(M * K, 1), b = memory.Random(N * K, 2), all = memory.Zeros(M * N), row = memory.Zeros(N);
        MatrixProduct.Multiply(false, true, M, N, K, a, K, b, K, all, N, false);
        for (int i = 0; i < M; i++)
        {
            MatrixProduct.Multiply(false, true, 1, N, K, a + i * K, K, b, K, row, N, false);
            KernelAssert.SameBits(all + i * N, row, N);
        }
    }

    [Fact]
    public void AnEmptyInnerDimensionGivesZeroOrKeepsC()
    {
        using var memory = new KernelMemory();
        float* c = memory.Random(12, 1), kept = memory.Copy(c, 12), zero = memory.Zeros(12);
        MatrixProduct.Multiply(false, false, 3, 4, 0, c, 1, c, 4, c, 4, true);
        KernelAssert.SameBits(kept, c, 12);
        MatrixProduct.Multiply(false, false, 3, 4, 0, c, 1, c, 4, c, 4, false);
        KernelAssert.SameBits(zero, c, 12);
    }

    private static void CheckAgainstReference(Random random, int m, int n, int k)
    {
        bool transposeA = random.Next(2) == 1, transposeB = random.Next(2) == 1, accumulate = random.Next(2) == 1;
        int lda = (transposeA ? m : k) + random.Next(4), ldb = (transposeB ? k : n) + random.Next(4), ldc = n + random.Next(4);
        using var memory = new KernelMemory();
        float* a = memory.Random((long)lda * (transposeA ? k : m), random.Next(), random.Next(4));
        float* b = memory.Random((long)ldb * (transposeB ? n : k), random.Next(), random.Next(4));
        float* actual = memory.Random((long)ldc * m, random.Next(), random.Next(4));
        float* expected = memory.Copy(actual, (long)ldc * m);
        MatrixProduct.Multiply(transposeA, transposeB, m, n, k, a, lda, b, ldb, actual, ldc, accumulate);
        MatrixProduct.MultiplyReference(transposeA, transposeB, m, n, k, a, lda, b, ldb, expected, ldc, accumulate);
        KernelAssert.SameBits(expected, actual, (long)ldc * m, $"m={m} n={n} k={k} transposeA={transposeA} transposeB={transposeB} accumulate={accumulate}");
    }
}

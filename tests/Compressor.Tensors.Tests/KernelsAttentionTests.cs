using Compressor.Tensors.Kernels;

namespace Compressor.Tensors.Tests;

public unsafe class KernelsAttentionTests
{
    [Theory]
    [InlineData(1, 1, 1, 2)]
    [InlineData(2, 1, 17, 8)]
    [InlineData(4, 2, 64, 32)]
    [InlineData(3, 3, 65, 33)]
    [InlineData(2, 1, 200, 64)]
    [InlineData(4, 2, 130, 128)]
    public void ForwardAndBackwardMatchTheDefinitionInDoublePrecision(int batchHeads, int kvGroup, int length, int headDim)
    {
        using var memory = new KernelMemory();
        KernelAttentionRun run = KernelAttentionRun.Compute(memory, batchHeads, kvGroup, length, headDim);
        int size = batchHeads * length * headDim, kvSize = size / kvGroup;
        double[] o = new double[size], dq = new double[size], dk = new double[kvSize], dv = new double[kvSize];
        for (int head = 0; head < batchHeads; head++)
        {
            int at = head * length * headDim, kvAt = head / kvGroup * length * headDim;
            for (int i = 0; i < length; i++)
            {
                double[] p = new double[i + 1], dp = new double[i + 1];
                double sum = 0, along = 0;
                for (int j = 0; j <= i; j++) sum += p[j] = Math.Exp(run.Scale * Dot(run.Q + at + i * headDim, run.K + kvAt + j * headDim, headDim));
                KernelAssert.Close(Math.Log(sum), run.LogSumExp[head * length + i], 1e-5, "logSumExp");
                for (int j = 0; j <= i; j++)
                {
                    p[j] /= sum;
                    dp[j] = Dot(run.DO + at + i * headDim, run.V + kvAt + j * headDim, headDim);
                    along += p[j] * dp[j];
                    for (int c = 0; c < headDim; c++) o[at + i * headDim + c] += p[j] * run.V[kvAt + j * headDim + c];
                }

                for (int j = 0; j <= i; j++)
                {
                    double ds = p[j] * (dp[j] - along) * run.Scale;
                    for (int c = 0; c < headDim; c++)
                    {
                        dq[at + i * headDim + c] += ds * run.K[kvAt + j * headDim + c];
                        dk[kvAt + j * headDim + c] += ds * run.Q[at + i * headDim + c];
                        dv[kvAt + j * headDim + c] += p[j] * run.DO[at + i * headDim + c];
                    }
                }
            }
        }

        for (int i = 0; i < size; i++) KernelAssert.Close(o[i], run.O[i], 1e-5, $"o[{i}]");
        for (int i = 0; i < size; i++) KernelAssert.Close(dq[i], run.Dq[i], 2e-5, $"dq[{i}]");
        for (int i = 0; i < kvSize; i++) KernelAssert.Close(dk[i], run.Dk[i], 2e-5, $"dk[{i}]");
        for (int i = 0; i < kvSize; i++) KernelAssert.Close(dv[i], run.Dv[i], 2e-5, $"dv[{i}]");
    }

    [Fact]
    public void DoesNotDependOnTheThreadCount()
    {
        using var memory = new KernelMemory();
        KernelAttentionRun one = default, two = default;
        KernelThreads.With(1, () => one = KernelAttentionRun.Compute(memory, 6, 2, 90, 32));
        KernelThreads.With(2, () => two = KernelAttentionRun.Compute(memory, 6, 2, 90, 32));
        int size = 6 * 90 * 32;
        KernelAssert.SameBits(one.O, two.O, size);
        KernelAssert.SameBits(one.Dq, two.Dq, size);
        KernelAssert.SameBits(one.Dk, two.Dk, size / 2);
        KernelAssert.SameBits(one.Dv, two.Dv, size / 2);
    }

    [Fact]
    public void ALaterPositionDoesNotChangeAnEarlierOne()
    {
        using var memory = new KernelMemory();
        const int Length = 100, Shorter = 71, HeadDim = 32;
        KernelAttentionRun full = KernelAttentionRun.Compute(memory, 1, 1, Length, HeadDim);
        float* o = memory.Zeros(Shorter * HeadDim), logSumExp = memory.Zeros(Shorter);
        Attention.Forward(full.Q, full.K, full.V, o, logSumExp, 1, 1, Shorter, HeadDim, full.Scale);
        KernelAssert.SameBits(full.O, o, Shorter * HeadDim);
        KernelAssert.SameBits(full.LogSumExp, logSumExp, Shorter);
    }

    private static double Dot(float* a, float* b, int n)
    {
        double sum = 0;
        for (int i = 0; i < n; i++) sum += (double)a[i] * b[i];
        return sum;
    }
}

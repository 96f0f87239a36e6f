using Compressor.Tensors.Kernels;

namespace Compressor.Tensors.Tests;

/// <summary>The operands and results of one attention forward and backward pass over fixed inputs.</summary>
internal unsafe struct KernelAttentionRun
{
    public float Scale;
    public float* Q, K, V, DO, O, LogSumExp, Dq, Dk, Dv;

    public static KernelAttentionRun Compute(KernelMemory memory, int batchHeads, int kvGroup, int length, int headDim)
    {
        int size = batchHeads * length * headDim;
        var run = new KernelAttentionRun
        {
            Scale = 1f / MathF.Sqrt(headDim) * 3f,
            Q = memory.Random(size, 1),
            K = memory.Random(size / kvGroup, 2),
            V = memory.Random(size / kvGroup, 3),
            DO = memory.Random(size, 4),
            O = memory.Zeros(size),
            LogSumExp = memory.Zeros(batchHeads * length),
            Dq = memory.Random(size, 5),
            Dk = memory.Random(size / kvGroup, 6),
            Dv = memory.Random(size / kvGroup, 7),
        };
        Attention.Forward(run.Q, run.K, run.V, run.O, run.LogSumExp, batchHeads, kvGroup, length, headDim, run.Scale);
        Attention.Backward(
            run.Q, run.K, run.V, run.O, run.DO, run.LogSumExp, run.Dq, run.Dk, run.Dv, batchHeads, kvGroup, length, headDim, run.Scale);
        return run;
    }
}

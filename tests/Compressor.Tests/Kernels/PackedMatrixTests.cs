using System.Runtime.CompilerServices;
using Compressor.Kernels;

namespace Compressor.Tests.Kernels;

public sealed unsafe class PackedMatrixTests
{
    private const int Outputs = 1000, Inputs = 1024, Rows = 96;

    /// <summary>A matrix that nothing refers to but the product under way, while another thread collects garbage and writes over what was freed.</summary>
    [Fact]
    public void WeightsAreNotCollectedWhileTheyAreMultiplied()
    {
        var random = new Random(1);
        var weights = new sbyte[Outputs * Inputs];
        for (var i = 0; i < weights.Length; i++) weights[i] = (sbyte)random.Next(-64, 65);
        var input = new byte[Rows * Inputs];
        random.NextBytes(input);
        var wanted = Multiply(weights, input, InstructionSets.Current);
        var stop = false;
        var collector = new Thread(() =>
        {
            while (!Volatile.Read(ref stop))
            {
                GC.Collect();
                for (var i = 0; i < 4; i++) GC.AllocateUninitializedArray<byte>(Outputs * Inputs, pinned: true).AsSpan().Fill(0x11);
            }
        });
        collector.Start();
        for (var i = 0; i < 5; i++) Assert.Equal(wanted, Multiply(weights, input, InstructionSet.Scalar));   // the slowest: long enough for collections
        Volatile.Write(ref stop, true);
        collector.Join();
    }

    [Fact]
    public void PaddingRepeatsTheLastOutput()
    {
        var matrix = new PackedMatrix([1, 2, 3, 4, 5, 6, 7, 8, -1, -2, -3, -4], [1f, 2f, 3f], 3, 4, signedInput: false);
        Assert.Equal((3, 32), (matrix.Outputs, matrix.PaddedOutputs));
        var products = new int[32];
        byte[] row = [1, 1, 2, 2];
        fixed (byte* a = row)
        fixed (int* c = products) matrix.Multiply(a, 1, c, InstructionSets.Current);
        Assert.Equal([17, 41, .. Enumerable.Repeat(-17, 30)], products);
        Assert.Equal([1f, 2f, .. Enumerable.Repeat(3f, 30)], new ReadOnlySpan<float>(matrix.Scales, 32).ToArray());
        GC.KeepAlive(matrix);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static int[] Multiply(sbyte[] weights, byte[] input, InstructionSet set)
    {
        var products = new int[Rows * 1024];
        var scales = new float[Outputs];
        fixed (byte* a = input)
        fixed (int* c = products) new PackedMatrix(weights, scales, Outputs, Inputs, signedInput: true).Multiply(a, Rows, c, set);
        return products;
    }
}

namespace Compressor.Training.Tests.Contract;

/// <summary>
/// The contract tests pin the behaviour of the tensor API that this project relies on. They are written against that API
/// alone and run on the engine that is bound, the managed one or TorchSharp's, so that the one cannot drift from the other.
/// </summary>
internal static class ContractAssert
{
    /// <summary>Shape and elements, exactly.</summary>
    public static void Is(Tensor tensor, long[] shape, params float[] elements)
    {
        Assert.Equal(shape, tensor.shape);
        Assert.Equal(elements, Floats(tensor));
    }

    /// <summary>Shape and elements, exactly.</summary>
    public static void Is(Tensor tensor, long[] shape, params long[] elements)
    {
        Assert.Equal(shape, tensor.shape);
        Assert.Equal(elements, tensor.contiguous().data<long>().ToArray());
    }

    /// <summary>Elements within a part in ten thousand, or that much.</summary>
    public static void IsNear(Tensor tensor, params double[] elements)
    {
        float[] actual = Floats(tensor);
        Assert.Equal(elements.Length, actual.Length);
        for (int i = 0; i < elements.Length; i++)
            Assert.Equal(elements[i], actual[i], 1e-4 * Math.Max(1, Math.Abs(elements[i])));
    }

    public static float[] Floats(Tensor tensor) => tensor.contiguous().data<float>().ToArray();

    /// <summary>0, 1, 2 … as floats in that shape.</summary>
    public static Tensor Counting(params long[] shape) =>
        torch.arange(shape.Aggregate(1L, (product, size) => product * size), ScalarType.Float32).view(shape);
}

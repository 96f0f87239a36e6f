using Compressor.Tensors.Kernels;

namespace Compressor.Tensors;

/// <summary>Dimensions in another order; the gradient goes back in the inverse order.</summary>
internal sealed unsafe class PermuteNode(torch.Tensor input, int[] permutation, long[] resultShape) : Node(input.Count, input)
{
    internal override void Backward(Storage gradient)
    {
        var inverse = new int[permutation.Length];
        for (var i = 0; i < permutation.Length; i++)
            inverse[permutation[i]] = i;
        var result = Storage.ForFloats(Length);
        PermuteKernel.Apply(gradient.Pointer, resultShape, inverse, result.Pointer, sizeof(float));
        Input(0)!.Give(result);
    }
}

/// <summary>Part of a dimension: x[outer, size, inner] → y[outer, length, inner].</summary>
internal sealed unsafe class NarrowNode(torch.Tensor input, int dim, int start, int length, long resultCount) : Node(resultCount, input)
{
    private readonly (int Outer, int Size, int Inner) _layout = Shapes.Split(input.Sizes, dim);

    internal override void Backward(Storage gradient)
    {
        var (outer, size, inner) = _layout;
        var dx = Input(0)!.ZeroedAccumulator();
        var width = (long)length * inner;
        for (var i = 0; i < outer; i++)
            Elementwise.AddInPlace(dx + ((long)i * size + start) * inner, gradient.Floats + i * width, width);
    }
}

/// <summary>Tensors joined along a dimension.</summary>
internal sealed unsafe class CatNode(torch.Tensor[] inputs, int dim, long[] resultShape) : Node(Shapes.Count(resultShape), inputs)
{
    private readonly int[] _sizes = [.. inputs.Select(input => checked((int)input.Sizes[dim]))];

    internal override void Backward(Storage gradient)
    {
        var (outer, size, inner) = Shapes.Split(resultShape, dim);
        var start = 0;
        for (var i = 0; i < _sizes.Length; i++)
        {
            if (Input(i) is { } sink)
            {
                var width = (long)_sizes[i] * inner;
                var part = Storage.ForFloats(sink.Length);
                for (var j = 0; j < outer; j++)
                    Elementwise.Copy(gradient.Floats + ((long)j * size + start) * inner, part.Floats + j * width, width);
                sink.Give(part);
            }
            start += _sizes[i];
        }
    }
}

using Compressor.Tensors.Kernels;

namespace Compressor.Tensors;

/// <summary>y[outer, inner] = Σ_j x[outer, j, inner].</summary>
internal sealed unsafe class SumNode(torch.Tensor input, (int Outer, int Size, int Inner) layout)
    : Node((long)layout.Outer * layout.Inner, input)
{
    internal override void Backward(Storage gradient)
    {
        var (outer, size, inner) = layout;
        var result = Storage.ForFloats(Input(0)!.Length);
        for (var i = 0L; i < outer; i++)
        {
            var block = result.Floats + i * size * inner;
            if (inner == 1)
            {
                Elementwise.Fill(block, gradient.Floats[i], size);
                continue;
            }
            for (var j = 0; j < size; j++)
                Elementwise.Copy(gradient.Floats + i * inner, block + (long)j * inner, inner);
        }
        Input(0)!.Give(result);
    }
}

/// <summary>y = softmax(x) along rows of d: dx = y · (dy − Σ y · dy).</summary>
internal sealed unsafe class SoftmaxNode(torch.Tensor input, torch.Tensor result, int d) : Node(input.Count, input)
{
    private readonly Saved _y = new(result);

    internal override void Backward(Storage gradient)
    {
        var dx = Storage.ForFloats(Length);
        for (var start = 0L; start < Length; start += d)
        {
            float* y = _y.Floats + start, dy = gradient.Floats + start, row = dx.Floats + start;
            Elementwise.Multiply(y, dy, row, d);
            Elementwise.AddScalar(dy, -Reduction.Sum(row, d), row, d);
            Elementwise.Multiply(row, y, row, d);
        }
        Input(0)!.Give(dx);
    }

    protected override void ReleaseSaved() => _y.Release();
}

/// <summary>y = log softmax(x) along rows of d: dx = dy − e^y · Σ dy.</summary>
internal sealed unsafe class LogSoftmaxNode(torch.Tensor input, torch.Tensor result, int d) : Node(input.Count, input)
{
    private readonly Saved _y = new(result);

    internal override void Backward(Storage gradient)
    {
        var dx = Storage.ForFloats(Length);
        for (var start = 0L; start < Length; start += d)
        {
            float* y = _y.Floats + start, dy = gradient.Floats + start, row = dx.Floats + start;
            Elementwise.Exp(y, row, d);
            Elementwise.Scale(row, -Reduction.Sum(dy, d), row, d);
            Elementwise.AddInPlace(row, dy, d);
        }
        Input(0)!.Give(dx);
    }

    protected override void ReleaseSaved() => _y.Release();
}

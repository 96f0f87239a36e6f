using Compressor.Tensors.Kernels;

namespace Compressor.Tensors;

/// <summary>C[i] = A[i] · B[i] for a batch of matrices [m, k] and [k, n].</summary>
internal sealed unsafe class MatmulNode(torch.Tensor a, torch.Tensor b, int batch, int m, int n, int k)
    : Node((long)batch * m * n, a, b)
{
    private readonly Saved _a = new(a);
    private readonly Saved _b = new(b);

    internal override void Backward(Storage gradient)
    {
        long mk = (long)m * k, kn = (long)k * n, mn = (long)m * n;
        if (Input(0) is { } left) // dA = dC · Bᵀ
        {
            var da = left.Accumulator(out var fresh);
            for (var i = 0; i < batch; i++)
                MatrixProduct.Multiply(false, true, m, k, n, gradient.Floats + i * mn, n, _b.Floats + i * kn, n, da + i * mk, k, !fresh);
        }
        if (Input(1) is { } right) // dB = Aᵀ · dC
        {
            var db = right.Accumulator(out var fresh);
            for (var i = 0; i < batch; i++)
                MatrixProduct.Multiply(true, false, k, n, m, _a.Floats + i * mk, k, gradient.Floats + i * mn, n, db + i * kn, n, !fresh);
        }
    }

    protected override void ReleaseSaved()
    {
        _a.Release();
        _b.Release();
    }
}

/// <summary>y[rows, out] = x[rows, in] · Wᵀ + bias, W [out, in]. The gradient of W is added to without a temporary.</summary>
internal sealed unsafe class LinearNode(torch.Tensor x, torch.Tensor weight, torch.Tensor? bias, int rows, int inputs, int outputs)
    : Node((long)rows * outputs, x, weight, bias)
{
    private readonly Saved _x = new(x);
    private readonly Saved _weight = new(weight);

    internal override void Backward(Storage gradient)
    {
        var dy = gradient.Floats;
        if (Input(1) is { } weight) // dW = dyᵀ · x
        {
            var dw = weight.Accumulator(out var fresh);
            MatrixProduct.Multiply(true, false, outputs, inputs, rows, dy, outputs, _x.Floats, inputs, dw, inputs, !fresh);
        }
        if (Input(2) is { } bias)
        {
            var db = bias.Accumulator(out var fresh);
            Rows.SumColumns(dy, db, rows, outputs, !fresh);
        }
        if (Input(0) is { } x) // dx = dy · W
        {
            var dx = x.Accumulator(out var fresh);
            MatrixProduct.Multiply(false, false, rows, inputs, outputs, dy, outputs, _weight.Floats, inputs, dx, inputs, !fresh);
        }
    }

    protected override void ReleaseSaved()
    {
        _x.Release();
        _weight.Release();
    }
}

/// <summary>y[i, :] = table[indices[i], :].</summary>
internal sealed unsafe class EmbeddingNode(torch.Tensor indices, torch.Tensor table, int count, int d) : Node((long)count * d, table)
{
    private readonly Saved _indices = new(indices);

    internal override void Backward(Storage gradient) =>
        Rows.ScatterAdd(Input(0)!.ZeroedAccumulator(), _indices.Longs, gradient.Floats, count, d);

    protected override void ReleaseSaved() => _indices.Release();
}

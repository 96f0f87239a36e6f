using Compressor.Prediction.Networks;

namespace Compressor.Training.Inference;

/// <summary>A weight matrix of a linear layer, int8 values as floats, cut along its inputs as <see cref="ExactProduct"/> asks.</summary>
internal sealed class ExactMatrix : IDisposable
{
    private readonly Tensor[] _parts;   // [inputs of the part, outputs]
    private readonly Tensor _scales;    // [outputs]

    /// <param name="file">The model's weights.</param>
    /// <param name="name">Name of the tensor, [outputs, inputs].</param>
    /// <param name="outputs">Its rows.</param>
    /// <param name="inputs">Its columns.</param>
    /// <param name="limit">The largest magnitude of an input.</param>
    public ExactMatrix(SafetensorsFile file, string name, int outputs, int inputs, int limit)
    {
        var weights = file.Get(name, ElementType.I8, outputs, inputs).Int8;
        var part = ExactProduct.InnerSize(limit * ExactProduct.MaxWeight);
        _parts = new Tensor[(inputs + part - 1) / part];
        for (var i = 0; i < _parts.Length; i++)
        {
            int start = i * part, length = Math.Min(part, inputs - start);
            var values = new float[length * outputs];
            for (var k = 0; k < length; k++)
            {
                for (var n = 0; n < outputs; n++)
                    values[k * outputs + n] = weights[n * inputs + start + k];
            }

            _parts[i] = torch.tensor(values).view(length, outputs).DetachFromDisposeScope();
        }

        _scales = torch.tensor(file.Get(name + "_scale", ElementType.F32, outputs).Floats.ToArray()).DetachFromDisposeScope();
    }

    /// <summary>y[r, j] = (Σ_i q[r, i] · w[j, i]) · (scale[r] · scale of w[j]).</summary>
    /// <param name="q">[rows, inputs] whole numbers.</param>
    /// <param name="scale">[rows, 1].</param>
    /// <returns>[rows, outputs].</returns>
    public Tensor Apply(Tensor q, Tensor scale)
    {
        var sums = new Tensor[_parts.Length];
        long start = 0;
        for (var i = 0; i < sums.Length; start += _parts[i].shape[0], i++)
            sums[i] = (sums.Length == 1 ? q : q.narrow(-1, start, _parts[i].shape[0])).matmul(_parts[i]);
        return ExactProduct.Total(sums) * (scale * _scales);
    }

    public void Dispose()
    {
        foreach (var part in _parts)
            part.Dispose();
        _scales.Dispose();
    }
}

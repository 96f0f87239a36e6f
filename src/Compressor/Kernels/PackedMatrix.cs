namespace Compressor.Kernels;

/// <summary>
/// A weight matrix of a linear layer, [outputs, inputs] int8 with one scale an output, repacked once on load into the
/// panels of <see cref="Int8Product"/>. The last panel is filled up with copies of the last output.
/// </summary>
internal sealed unsafe class PackedMatrix
{
    /// <summary>What a signed activation is stored above: byte = value + 128.</summary>
    public const int ActivationOffset = 128;

    private readonly PinnedArray<sbyte> _panels;
    private readonly PinnedArray<int> _bias;
    private readonly PinnedArray<float> _scales;

    /// <param name="weights">[outputs, inputs] row-major.</param>
    /// <param name="scales">[outputs].</param>
    /// <param name="outputs">At least 1.</param>
    /// <param name="inputs">Multiple of 4, below 65536.</param>
    /// <param name="signedInput">Whether activations come as value + 128; then the bias takes 128 · Σw off again.</param>
    /// <exception cref="InvalidDataException">An adjacent pair of weights has |w₀| + |w₁| &gt; 128.</exception>
    public PackedMatrix(ReadOnlySpan<sbyte> weights, ReadOnlySpan<float> scales, int outputs, int inputs, bool signedInput)
    {
        Outputs = outputs;
        Inputs = inputs;
        PaddedOutputs = (outputs + Int8Product.PanelWidth - 1) / Int8Product.PanelWidth * Int8Product.PanelWidth;
        _panels = new PinnedArray<sbyte>((long)PaddedOutputs * inputs);
        _bias = new PinnedArray<int>(PaddedOutputs);
        _scales = new PinnedArray<float>(PaddedOutputs);
        scales.CopyTo(_scales.Span);
        _scales.Span[outputs..].Fill(scales[^1]);
        for (var n = 0; n < PaddedOutputs; n++)
        {
            var row = weights.Slice(Math.Min(n, outputs - 1) * inputs, inputs);
            var column = _panels.Pointer + n / Int8Product.PanelWidth * PanelStride + n % Int8Product.PanelWidth * 4;
            var sum = 0;
            for (var k = 0; k < inputs; k++)
            {
                if ((k & 1) != 0 && Math.Abs((int)row[k - 1]) + Math.Abs((int)row[k]) > 128)
                    throw new InvalidDataException($"weights {row[k - 1]} and {row[k]} at row {n}, columns {k - 1} and {k} exceed the pair bound of 128");
                column[(long)(k / 4) * Int8Product.GroupBytes + k % 4] = row[k];
                sum += row[k];
            }
            _bias.Pointer[n] = signedInput ? -ActivationOffset * sum : 0;
        }
    }

    public int Outputs { get; }

    /// <summary>Outputs that a product has: <see cref="Outputs"/> rounded up to a multiple of 32.</summary>
    public int PaddedOutputs { get; }

    public int Inputs { get; }

    /// <summary>Scale of each output, [PaddedOutputs].</summary>
    public float* Scales => _scales.Pointer;

    private long PanelStride => (long)Inputs * Int8Product.PanelWidth;

    /// <summary>c[r, n] = Σ_k value(a[r, k]) · w[n, k] for quantised rows.</summary>
    /// <param name="a">[rows, Inputs] bytes, dense.</param>
    /// <param name="rows">Rows of a and c.</param>
    /// <param name="c">[rows, PaddedOutputs], dense.</param>
    /// <param name="set">Which implementation to run.</param>
    public void Multiply(byte* a, int rows, int* c, InstructionSet set)
    {
        Int8Product.Multiply(a, Inputs, rows, _panels.Pointer, PanelStride, PaddedOutputs / Int8Product.PanelWidth, Inputs / 4,
            _bias.Pointer, c, PaddedOutputs, set);
        GC.KeepAlive(this);
    }
}

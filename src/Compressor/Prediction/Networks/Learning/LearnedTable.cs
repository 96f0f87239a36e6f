using Compressor.Kernels;

namespace Compressor.Prediction.Networks.Learning;

/// <summary>A look-up table that learns: rows are added to x, and take a step of gradient descent each time they were.</summary>
/// <param name="rows">Rows.</param>
/// <param name="width">Their length, d.</param>
internal sealed unsafe class LearnedTable(int rows, int width)
{
    private readonly PinnedArray<float> _rows = new((long)rows * width);

    /// <summary>A row.</summary>
    public Span<float> this[int row] => new(_rows.Pointer + ((long)row * width), width);

    /// <summary>x [d] += a row.</summary>
    public void Forward(int row, float* x, FloatKernels kernels)
    {
        kernels.AddScaled(x, _rows.Pointer + ((long)row * width), 1f, width);
        GC.KeepAlive(this);
    }

    /// <summary>The row's step, from the gradient dx [d].</summary>
    /// <exception cref="InvalidDataException">A weight is no number any more.</exception>
    public void Backward(int row, float* dx, float rate, FloatKernels kernels)
    {
        if (!kernels.Step(_rows.Pointer + ((long)row * width), dx, rate, width))
            throw LearningTransformer.NoNumber();
        GC.KeepAlive(this);
    }
}

using Compressor.Kernels;

namespace Compressor.Prediction.Networks.Learning;

/// <summary>The multilayer perceptron of a layer, x += W_down · max(W_up · norm(x), 0)², forward and backward.</summary>
internal sealed unsafe class LearnedFeedForward
{
    private readonly int _d, _m;
    private readonly PinnedArray<float> _norm;     // [rows, d] normalised input
    private readonly PinnedArray<float> _factors;  // [rows] of the norm
    private readonly PinnedArray<float> _hidden;   // [rows, m] after the ReLU
    private readonly PinnedArray<float> _squares;  // [rows, m] after the square

    /// <param name="d">Width of the residual stream.</param>
    /// <param name="m">Width of the hidden layer.</param>
    /// <param name="rows">The most rows of a step.</param>
    public LearnedFeedForward(int d, int m, int rows)
    {
        (_d, _m) = (d, m);
        Up = new LearnedMatrix(m, d);
        Down = new LearnedMatrix(d, m);
        _norm = new PinnedArray<float>((long)rows * d);
        _factors = new PinnedArray<float>(rows);
        _hidden = new PinnedArray<float>((long)rows * m);
        _squares = new PinnedArray<float>((long)rows * m);
    }

    /// <summary>[d, m].</summary>
    public LearnedMatrix Up { get; }

    /// <summary>[m, d].</summary>
    public LearnedMatrix Down { get; }

    /// <summary>x += f(x) for rows [first, first + count).</summary>
    /// <param name="x">[rows, d] residual stream.</param>
    /// <param name="scratch">[count, d].</param>
    /// <param name="first">First row.</param>
    /// <param name="count">Rows.</param>
    /// <param name="work">Does the products.</param>
    public void Forward(float* x, float* scratch, int first, int count, LearningWork work)
    {
        var kernels = work.Kernels;
        x += (long)first * _d;
        var norm = _norm.Pointer + ((long)first * _d);
        float* hidden = _hidden.Pointer + ((long)first * _m), squares = _squares.Pointer + ((long)first * _m);
        for (var r = 0; r < count; r++)
            _factors.Pointer[first + r] = kernels.Normalize(x + ((long)r * _d), norm + ((long)r * _d), _d);
        Up.Forward(norm, hidden, count, work);
        kernels.SquaredRelu(hidden, squares, count * _m);
        Down.Forward(squares, scratch, count, work);
        kernels.AddScaled(x, scratch, 1f, count * _d);
        GC.KeepAlive(this);
    }

    /// <summary>dx += (∂f/∂x)ᵀ · dx, and the steps of both matrices.</summary>
    /// <param name="dx">[rows, d] gradient of the residual stream.</param>
    /// <param name="dHidden">[rows, m] scratch.</param>
    /// <param name="dNorm">[rows, d] scratch.</param>
    /// <param name="rows">All rows of the step.</param>
    /// <param name="rate">Of the steps.</param>
    /// <param name="work">Does the products.</param>
    public void Backward(float* dx, float* dHidden, float* dNorm, int rows, float rate, LearningWork work)
    {
        var kernels = work.Kernels;
        Down.Backward(_squares.Pointer, dx, dHidden, add: false, rows, rate, work);
        kernels.SquaredReluBackward(_hidden.Pointer, dHidden, dHidden, rows * _m);
        Up.Backward(_norm.Pointer, dHidden, dNorm, add: false, rows, rate, work);
        for (var r = 0; r < rows; r++)
            kernels.NormalizeBackward(dNorm + ((long)r * _d), _norm.Pointer + ((long)r * _d), _factors.Pointer[r], dx + ((long)r * _d), _d);
        GC.KeepAlive(this);
    }
}

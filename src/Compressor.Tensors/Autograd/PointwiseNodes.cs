using Compressor.Tensors.Kernels;

namespace Compressor.Tensors;

/// <summary>The same numbers in another shape or place, or plus a constant: the gradient passes unchanged.</summary>
internal sealed class IdentityNode(torch.Tensor input) : Node(input.Count, input)
{
    internal override void Backward(Storage gradient) => Input(0)!.Give(gradient.Retain());
}

/// <summary>y = factor · x.</summary>
internal sealed unsafe class ScaleNode(torch.Tensor input, float factor) : Node(input.Count, input)
{
    internal override void Backward(Storage gradient)
    {
        var result = Reuse(gradient);
        Elementwise.Scale(gradient.Floats, factor, result.Floats, Length);
        Input(0)!.Give(result);
    }
}

/// <summary>
/// y = f(x), elementwise, with a derivative that needs x or y: dx = f'(saved) · dy. A derivative may be asked to
/// write over dy.
/// </summary>
internal sealed unsafe class PointwiseNode(torch.Tensor input, torch.Tensor saved, PointwiseNode.Derivative derivative)
    : Node(input.Count, input)
{
    private readonly Saved _saved = new(saved);

    internal delegate void Derivative(float* saved, float* dy, float* dx, long count);

    internal override void Backward(Storage gradient)
    {
        var result = Reuse(gradient);
        derivative(_saved.Floats, gradient.Floats, result.Floats, Length);
        Input(0)!.Give(result);
    }

    protected override void ReleaseSaved() => _saved.Release();
}

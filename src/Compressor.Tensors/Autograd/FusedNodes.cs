using Compressor.Tensors.Kernels;

namespace Compressor.Tensors;

/// <summary>y = x / √(mean x² + eps) along rows of d.</summary>
internal sealed unsafe class RmsNormNode(torch.Tensor x, Storage inverseRms, int rows, int d) : Node(x.Count, x)
{
    private readonly Saved _x = new(x);
    private readonly Saved _inverseRms = new(inverseRms.Retain());

    internal override void Backward(Storage gradient)
    {
        if (Input(0)!.HasGradient)
        {
            var dx = Input(0)!.Accumulator(out var fresh);
            RmsNorm.Backward(_x.Floats, _inverseRms.Floats, gradient.Floats, dx, rows, d, !fresh);
            return;
        }
        var result = Reuse(gradient);
        RmsNorm.Backward(_x.Floats, _inverseRms.Floats, gradient.Floats, result.Floats, rows, d, accumulate: false);
        Input(0)!.Give(result);
    }

    protected override void ReleaseSaved()
    {
        _x.Release();
        _inverseRms.Release();
    }
}

/// <summary>Rotation of pairs by position; the gradient turns back.</summary>
internal sealed unsafe class RotaryNode(torch.Tensor x, torch.Tensor cos, torch.Tensor sin, int batchHeads, int length, int headDim)
    : Node(x.Count, x)
{
    private readonly Saved _cos = new(cos);
    private readonly Saved _sin = new(sin);

    internal override void Backward(Storage gradient)
    {
        var result = Reuse(gradient);
        Rotary.Apply(gradient.Floats, result.Floats, _cos.Floats, _sin.Floats, batchHeads, length, headDim, inverse: true);
        Input(0)!.Give(result);
    }

    protected override void ReleaseSaved()
    {
        _cos.Release();
        _sin.Release();
    }
}

/// <summary>Causal attention: the scores are computed again from q, k and each row's log Σ exp, never stored.</summary>
internal sealed unsafe class AttentionNode(
    torch.Tensor q, torch.Tensor k, torch.Tensor v, torch.Tensor result, Storage logSumExp, int batchHeads, int group, int length, int headDim, float scale)
    : Node(q.Count, q, k, v)
{
    private readonly Saved _q = new(q);
    private readonly Saved _k = new(k);
    private readonly Saved _v = new(v);
    private readonly Saved _result = new(result);
    private readonly Saved _logSumExp = new(logSumExp.Retain());

    internal override void Backward(Storage gradient)
    {
        var dq = Storage.ForFloats(Length);
        var dk = Storage.ForFloats(Length / group);
        var dv = Storage.ForFloats(Length / group);
        Attention.Backward(
            _q.Floats, _k.Floats, _v.Floats, _result.Floats, gradient.Floats, _logSumExp.Floats, dq.Floats, dk.Floats, dv.Floats,
            batchHeads, group, length, headDim, scale);
        Pass(0, dq);
        Pass(1, dk);
        Pass(2, dv);
    }

    protected override void ReleaseSaved()
    {
        _q.Release();
        _k.Release();
        _v.Release();
        _result.Release();
        _logSumExp.Release();
    }

    private void Pass(int input, Storage gradient)
    {
        if (Input(input) is { } sink)
            sink.Give(gradient);
        else
            gradient.Release();
    }
}

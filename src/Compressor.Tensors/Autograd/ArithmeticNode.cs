using Compressor.Tensors.Kernels;

namespace Compressor.Tensors;

/// <summary>a + b, a − b, a · b or a / b with broadcasting.</summary>
internal sealed unsafe class ArithmeticNode : Node
{
    private readonly BinaryOperation _operation;
    private readonly long[] _shape;
    private readonly long[] _aShape;
    private readonly long[] _bShape;
    private readonly Saved? _a;
    private readonly Saved? _b;

    internal ArithmeticNode(BinaryOperation operation, torch.Tensor a, torch.Tensor b, long[] shape)
        : base(Shapes.Count(shape), a, b)
    {
        _operation = operation;
        _shape = shape;
        _aShape = a.Sizes.ToArray();
        _bShape = b.Sizes.ToArray();
        if (operation is BinaryOperation.Multiply or BinaryOperation.Divide)
        {
            if (b.requires_grad)
                _a = new Saved(a);
            if (a.requires_grad || operation == BinaryOperation.Divide)
                _b = new Saved(b);
        }
    }

    internal override void Backward(Storage gradient)
    {
        if (Input(0) is { } a)
        {
            Pass(a, _aShape, _operation switch
            {
                BinaryOperation.Multiply => Combine(BinaryOperation.Multiply, gradient, _b!.Value.Floats, _bShape),
                BinaryOperation.Divide => Combine(BinaryOperation.Divide, gradient, _b!.Value.Floats, _bShape),
                _ => gradient.Retain(),
            });
        }
        if (Input(1) is { } b)
        {
            Pass(b, _bShape, _operation switch
            {
                BinaryOperation.Multiply => Combine(BinaryOperation.Multiply, gradient, _a!.Value.Floats, _aShape),
                BinaryOperation.Divide => DivisorGradient(gradient),
                BinaryOperation.Subtract => Negated(gradient),
                _ => gradient.Retain(),
            });
        }
    }

    protected override void ReleaseSaved()
    {
        _a?.Release();
        _b?.Release();
    }

    /// <summary>Hands on a gradient of the result's shape, summed to the operand's shape.</summary>
    private void Pass(GradientSink sink, long[] target, Storage gradient)
    {
        if (Shapes.Same(target, _shape))
        {
            sink.Give(gradient);
            return;
        }
        var sum = Storage.ForFloats(sink.Length);
        BroadcastKernel.SumTo(gradient.Floats, _shape, sum.Floats, target);
        gradient.Release();
        sink.Give(sum);
    }

    private Storage Combine(BinaryOperation operation, Storage gradient, float* operand, long[] operandShape)
    {
        var result = Storage.ForFloats(Length);
        BroadcastKernel.Apply(operation, gradient.Floats, _shape, operand, operandShape, result.Floats, _shape);
        return result;
    }

    /// <summary>−dy · a / b².</summary>
    private Storage DivisorGradient(Storage gradient)
    {
        var result = Combine(BinaryOperation.Multiply, gradient, _a!.Value.Floats, _aShape);
        for (var i = 0; i < 2; i++)
            BroadcastKernel.Apply(BinaryOperation.Divide, result.Floats, _shape, _b!.Value.Floats, _bShape, result.Floats, _shape);
        Elementwise.Scale(result.Floats, -1, result.Floats, Length);
        return result;
    }

    private Storage Negated(Storage gradient)
    {
        var result = Storage.ForFloats(Length);
        Elementwise.Scale(gradient.Floats, -1, result.Floats, Length);
        return result;
    }
}

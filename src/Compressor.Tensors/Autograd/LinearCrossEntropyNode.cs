using Compressor.Tensors.Kernels;

namespace Compressor.Tensors;

/// <summary>
/// Mean cross-entropy of x · Wᵀ. The derivatives are computed together with the loss, slice by slice, and only scaled
/// by the loss's own gradient (nearly always 1) later.
/// </summary>
internal sealed unsafe class LinearCrossEntropyNode : Node
{
    private const int SliceLogits = 1 << 20; // 4 MB: stays in the cache, and W's gradient is not reread too often

    private readonly Storage _dx;
    private readonly Storage _dWeight;

    private LinearCrossEntropyNode(torch.Tensor x, torch.Tensor weight, Storage dx, Storage dWeight)
        : base(1, x, weight)
    {
        _dx = dx;
        _dWeight = dWeight;
    }

    /// <summary>The loss, recorded when needed.</summary>
    internal static torch.Tensor Apply(torch.Tensor x, torch.Tensor weight, torch.Tensor target, long ignoreIndex)
    {
        const string Operation = nameof(Fused.linear_cross_entropy);
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(weight);
        ArgumentNullException.ThrowIfNull(target);
        if (x.ndim != 2 || weight.ndim != 2 || x.Sizes[1] != weight.Sizes[1])
            throw Shapes.Mismatch(Operation, x.Sizes, weight.Sizes);
        if (target.ndim != 1 || x.Sizes[0] != target.Sizes[0])
            throw Shapes.Mismatch(Operation, x.Sizes, target.Sizes);
        target.Require(Operation, torch.ScalarType.Int64);
        var rows = checked((int)x.Sizes[0]);
        var d = checked((int)x.Sizes[1]);
        var classes = checked((int)weight.Sizes[0]);

        var targets = new Storage((long)rows * sizeof(long));
        var counted = CrossEntropyNode.CopyTargets(Operation, target, ignoreIndex, classes, targets.Longs);
        var records = torch.Records(x, weight);
        var dx = Storage.ForFloats(records ? x.Count : 0);
        var dWeight = Storage.ForFloats(records ? weight.Count : 0);
        var slice = Math.Clamp(SliceLogits / Math.Max(1, classes), 1, Math.Max(1, rows));
        var logits = Storage.ForFloats((long)slice * classes);
        var logSumExp = Storage.ForFloats(slice);
        var losses = Storage.ForFloats(rows);
        for (var start = 0; start < rows; start += slice)
        {
            var count = Math.Min(slice, rows - start);
            var input = x.Floats + (long)start * d;
            MatrixProduct.Multiply(false, true, count, classes, d, input, d, weight.Floats, d, logits.Floats, classes, false);
            CrossEntropy.Forward(logits.Floats, targets.Longs + start, logSumExp.Floats, losses.Floats + start, count, classes);
            if (!records)
                continue;
            CrossEntropy.Backward(
                logits.Floats, targets.Longs + start, logSumExp.Floats, 1f / counted, logits.Floats, count, classes);
            MatrixProduct.Multiply(
                false, false, count, d, classes, logits.Floats, classes, weight.Floats, d, dx.Floats + (long)start * d, d, false);
            MatrixProduct.Multiply(
                true, false, classes, d, count, logits.Floats, classes, input, d, dWeight.Floats, d, accumulate: start > 0);
        }

        var result = torch.Tensor.Allocate([]);
        *result.Floats = Reduction.Sum(losses.Floats, rows) / counted; // no row counted: NaN, as in PyTorch
        foreach (var storage in (ReadOnlySpan<Storage>)[targets, logits, logSumExp, losses])
            storage.Release();
        if (records)
            return result.ProducedBy(new LinearCrossEntropyNode(x, weight, dx, dWeight));
        dx.Release();
        dWeight.Release();
        return result;
    }

    internal override void Backward(Storage gradient)
    {
        Pass(0, _dx, *gradient.Floats);
        Pass(1, _dWeight, *gradient.Floats);
    }

    protected override void ReleaseSaved()
    {
        _dx.Release();
        _dWeight.Release();
    }

    private void Pass(int input, Storage derivative, float factor)
    {
        if (Input(input) is not { } sink)
            return;
        if (factor != 1)
            Elementwise.Scale(derivative.Floats, factor, derivative.Floats, sink.Length);
        sink.Give(derivative.Retain());
    }
}

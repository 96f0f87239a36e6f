using Compressor.Tensors.Kernels;

namespace Compressor.Tensors;

/// <summary>Mean cross-entropy of logits [rows, classes]; the derivative is softmax minus one-hot, over the counted rows.</summary>
internal sealed unsafe class CrossEntropyNode : Node
{
    private const long Ignored = -1;

    private readonly Saved _logits;
    private readonly Saved _targets;
    private readonly Saved _logSumExp;
    private readonly int _rows;
    private readonly int _classes;
    private readonly int _counted;
    private readonly bool _overwritesLogits;

    private CrossEntropyNode(torch.Tensor logits, Storage targets, Storage logSumExp, int counted, bool overwritesLogits)
        : base(1, logits)
    {
        _logits = new Saved(logits);
        _targets = new Saved(targets.Retain());
        _logSumExp = new Saved(logSumExp.Retain());
        _rows = checked((int)logits.Sizes[0]);
        _classes = checked((int)logits.Sizes[1]);
        _counted = counted;
        _overwritesLogits = overwritesLogits;
    }

    /// <summary>The loss, recorded when needed.</summary>
    internal static torch.Tensor Apply(string operation, torch.Tensor logits, torch.Tensor target, long ignoreIndex, bool overwritesLogits)
    {
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(target);
        if (logits.ndim != 2 || target.ndim != 1 || logits.Sizes[0] != target.Sizes[0])
            throw Shapes.Mismatch(operation, logits.Sizes, target.Sizes);
        target.Require(operation, torch.ScalarType.Int64);
        var rows = checked((int)logits.Sizes[0]);
        var classes = checked((int)logits.Sizes[1]);

        var targets = new Storage(rows * sizeof(long));
        var counted = CopyTargets(operation, target, ignoreIndex, classes, targets.Longs);
        var logSumExp = Storage.ForFloats(rows);
        var losses = Storage.ForFloats(rows);
        CrossEntropy.Forward(logits.Floats, targets.Longs, logSumExp.Floats, losses.Floats, rows, classes);
        var result = torch.Tensor.Allocate([]);
        *result.Floats = Reduction.Sum(losses.Floats, rows) / counted; // no row counted: NaN, as in PyTorch
        if (torch.Records(logits))
            result.ProducedBy(new CrossEntropyNode(logits, targets, logSumExp, counted, overwritesLogits));
        targets.Release();
        logSumExp.Release();
        losses.Release();
        return result;
    }

    internal override void Backward(Storage gradient)
    {
        var logits = _logits.Storage;
        // Nobody can read the logits any more, or the caller has allowed it: the gradient takes their place.
        var result = _overwritesLogits || logits.IsExclusive ? logits.Retain() : Storage.ForFloats(Input(0)!.Length);
        CrossEntropy.Backward(
            logits.Floats, _targets.Longs, _logSumExp.Floats, *gradient.Floats / _counted, result.Floats, _rows, _classes);
        if (ReferenceEquals(result, logits))
            logits.Version++;
        Input(0)!.Give(result);
    }

    protected override void ReleaseSaved()
    {
        _logits.Release();
        _targets.Release();
        _logSumExp.Release();
    }

    /// <summary>Checks the targets and marks those to ignore as the kernel wants it; returns how many count.</summary>
    internal static int CopyTargets(string operation, torch.Tensor target, long ignoreIndex, int classes, long* copy)
    {
        var counted = 0;
        for (var i = 0L; i < target.Count; i++)
        {
            var value = target.Longs[i];
            if (value == ignoreIndex)
            {
                copy[i] = Ignored;
                continue;
            }
            if (value < 0 || value >= classes)
                throw new ArgumentException($"{operation}: target {value} is outside {classes} classes.");
            copy[i] = value;
            counted++;
        }
        return counted;
    }
}

using Compressor.Tensors.Kernels;

namespace Compressor.Tensors;

/// <summary>
/// Operations that TorchSharp lacks or composes of many: each is one kernel and one step of the graph. Code that must
/// run on both engines keeps them behind an adaptor.
/// </summary>
public static unsafe class Fused
{
    /// <summary>x / √(mean x² + eps) along the last dimension, without a gain (Zhang and Sennrich, 2019).</summary>
    public static torch.Tensor rms_norm(torch.Tensor x, double eps = 1e-6)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.ndim == 0)
            throw new ArgumentException("rms_norm: a tensor without dimensions.");
        var d = checked((int)x.Sizes[^1]);
        var rows = checked((int)Shapes.Count(x.Sizes[..^1]));
        var result = torch.Tensor.Allocate(x.shape);
        var inverseRms = Storage.ForFloats(rows);
        RmsNorm.Forward(x.Floats, result.Floats, inverseRms.Floats, rows, d, (float)eps);
        if (torch.Records(x))
            result.ProducedBy(new RmsNormNode(x, inverseRms, rows, d));
        inverseRms.Release();
        return result;
    }

    /// <summary>
    /// Rotary positions (Su et al., 2021) in the "rotate half" layout: element i is paired with i + d/2.
    /// </summary>
    /// <param name="x">[batch, heads, length, d], d even.</param>
    /// <param name="cos">[positions, d/2], positions ≥ length; row t holds the cosines for position t.</param>
    /// <param name="sin">[positions, d/2], likewise.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static torch.Tensor rotary(torch.Tensor x, torch.Tensor cos, torch.Tensor sin)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(cos);
        ArgumentNullException.ThrowIfNull(sin);
        if (x.ndim < 2 || x.Sizes[^1] % 2 != 0 || cos.ndim != 2 || cos.Sizes[1] != x.Sizes[^1] / 2 || cos.Sizes[0] < x.Sizes[^2])
            throw Shapes.Mismatch(nameof(rotary), x.Sizes, cos.Sizes);
        if (!Shapes.Same(cos.Sizes, sin.Sizes))
            throw Shapes.Mismatch(nameof(rotary), cos.Sizes, sin.Sizes);
        var batchHeads = checked((int)Shapes.Count(x.Sizes[..^2]));
        var length = checked((int)x.Sizes[^2]);
        var headDim = checked((int)x.Sizes[^1]);
        var result = torch.Tensor.Allocate(x.shape);
        Rotary.Apply(x.Floats, result.Floats, cos.Floats, sin.Floats, batchHeads, length, headDim, inverse: false);
        return torch.Records(x) ? result.ProducedBy(new RotaryNode(x, cos, sin, batchHeads, length, headDim)) : result;
    }

    /// <summary>max(x, 0)², elementwise (So et al., 2021).</summary>
    public static torch.Tensor squared_relu(torch.Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.SquaredRelu();
    }

    /// <summary>softmax(scale · q·kᵀ)·v where position i attends to positions 0 … i.</summary>
    /// <param name="q">[batch, heads, length, d].</param>
    /// <param name="k">[batch, kvHeads, length, d]; kvHeads divides heads, and each serves heads / kvHeads neighbours.</param>
    /// <param name="v">[batch, kvHeads, length, d].</param>
    /// <param name="scale">Usually 1/√d.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static torch.Tensor causal_attention(torch.Tensor q, torch.Tensor k, torch.Tensor v, double scale)
    {
        ArgumentNullException.ThrowIfNull(q);
        ArgumentNullException.ThrowIfNull(k);
        ArgumentNullException.ThrowIfNull(v);
        if (!Shapes.Same(k.Sizes, v.Sizes))
            throw Shapes.Mismatch(nameof(causal_attention), k.Sizes, v.Sizes);
        if (q.ndim != 4 || k.ndim != 4 || q.Sizes[0] != k.Sizes[0] || k.Sizes[1] == 0 || q.Sizes[1] % k.Sizes[1] != 0
            || !Shapes.Same(q.Sizes[2..], k.Sizes[2..]))
        {
            throw Shapes.Mismatch(nameof(causal_attention), q.Sizes, k.Sizes);
        }
        var batchHeads = checked((int)(q.Sizes[0] * q.Sizes[1]));
        var group = checked((int)(q.Sizes[1] / k.Sizes[1]));
        var length = checked((int)q.Sizes[2]);
        var headDim = checked((int)q.Sizes[3]);
        var result = torch.Tensor.Allocate(q.shape);
        var logSumExp = Storage.ForFloats((long)batchHeads * length);
        Attention.Forward(q.Floats, k.Floats, v.Floats, result.Floats, logSumExp.Floats, batchHeads, group, length, headDim, (float)scale);
        if (torch.Records(q, k, v))
            result.ProducedBy(new AttentionNode(q, k, v, result, logSumExp, batchHeads, group, length, headDim, (float)scale));
        logSumExp.Release();
        return result;
    }

    /// <summary>
    /// As <c>nn.functional.cross_entropy</c>, but backward writes the gradient over the logits, whose values are lost:
    /// with a large vocabulary they are the largest tensor of a training step.
    /// </summary>
    /// <param name="logits">[rows, classes].</param>
    /// <param name="target">Int64 [rows].</param>
    /// <param name="ignore_index">Rows with this target do not count.</param>
    public static torch.Tensor cross_entropy_with_logits(torch.Tensor logits, torch.Tensor target, long ignore_index = -100) =>
        CrossEntropyNode.Apply(nameof(cross_entropy_with_logits), logits, target, ignore_index, overwritesLogits: true);

    /// <summary>
    /// cross_entropy(linear(x, weight), target) without ever holding all logits: a slice of rows at a time, whose
    /// gradient is taken while the slice is still in the cache. The same bits as the two steps give.
    /// </summary>
    /// <param name="x">[rows, d].</param>
    /// <param name="weight">[classes, d].</param>
    /// <param name="target">Int64 [rows].</param>
    /// <param name="ignore_index">Rows with this target do not count.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or a target is outside the classes.</exception>
    public static torch.Tensor linear_cross_entropy(torch.Tensor x, torch.Tensor weight, torch.Tensor target, long ignore_index = -100) =>
        LinearCrossEntropyNode.Apply(x, weight, target, ignore_index);

    /// <summary>x · xᵀ, [m, k] to [m, m], at half the cost of the general product and with the same bits. Not recorded.</summary>
    /// <exception cref="ArgumentException">x is not a matrix.</exception>
    public static torch.Tensor gram(torch.Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.ndim != 2)
            throw new ArgumentException($"gram: not a matrix: {Shapes.Text(x.Sizes)}.");
        var result = torch.Tensor.Allocate([x.Sizes[0], x.Sizes[0]]);
        MatrixProduct.Gram(checked((int)x.Sizes[0]), checked((int)x.Sizes[1]), x.Floats, result.Floats);
        return result;
    }

    /// <summary>
    /// Runs body(0) … body(count − 1) on the threads of the engine, in any order; inside, kernels use one thread. For many small
    /// independent computations, which this keeps in one core's cache each.
    /// </summary>
    public static void parallel_for(int count, Action<int> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        WorkerPool.Run(count, body);
    }

    /// <summary>
    /// An optimiser step on the rows of a table whose gradient g is not all zero; other rows are left as they are:
    /// v = β v + (1 − β) g², p = p − rate · g / (√v + eps), in place and unrecorded. The gradient is used up: zero afterwards.
    /// </summary>
    /// <param name="table">p, [rows, d], a leaf; without a gradient it stays as it is.</param>
    /// <param name="squares">v, [rows, d], zeros before the first step.</param>
    /// <param name="rate">Length of a step.</param>
    /// <param name="beta">Decay of v, in [0, 1).</param>
    /// <param name="eps">Keeps the quotient finite.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static void step_rows_(torch.Tensor table, torch.Tensor squares, double rate, double beta, double eps = 1e-8)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(squares);
        if (table.ndim != 2 || !Shapes.Same(table.Sizes, squares.Sizes))
            throw Shapes.Mismatch(nameof(step_rows_), table.Sizes, squares.Sizes);
        if (table.Gradient is not { } gradient)
            return;
        RowStep.Apply(
            table.Floats, gradient.Floats, squares.Floats, table.Sizes[0], checked((int)table.Sizes[1]), (float)rate, (float)beta, (float)eps);
        table.Elements.Version++;
        squares.Elements.Version++;
        gradient.Version++;
        table.NoteGradientZeroFilled();
    }
}

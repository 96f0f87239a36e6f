using Compressor.Tensors.Kernels;

namespace Compressor.Tensors;

/// <summary>The four arithmetic operations on two tensors.</summary>
internal enum BinaryOperation
{
    Add,
    Subtract,
    Multiply,
    Divide,
}

/// <summary>
/// Arithmetic between tensors of different shapes, NumPy style, and the sum over broadcast dimensions that its
/// derivative needs. Fast for equal shapes, a number, and a vector against rows; a plain loop for the rest.
/// </summary>
internal static unsafe class BroadcastKernel
{
    /// <summary>y[shape] = a ∘ b.</summary>
    internal static void Apply(BinaryOperation operation, torch.Tensor a, torch.Tensor b, float* y, long[] shape)
    {
        if (!ApplyFast(operation, a, b, y, shape))
            Apply(operation, a.Floats, a.Sizes, b.Floats, b.Sizes, y, shape);
    }

    /// <summary>As above, on bare memory.</summary>
    internal static void Apply(
        BinaryOperation operation, float* a, ReadOnlySpan<long> aShape, float* b, ReadOnlySpan<long> bShape, float* y, ReadOnlySpan<long> shape)
    {
        if (Shapes.Same(aShape, shape) && Shapes.Same(bShape, shape))
        {
            ApplySame(operation, a, b, y, Shapes.Count(shape));
            return;
        }
        var rows = new RowWalk(shape, aShape, bShape);
        for (; rows.More; rows.Next())
            ApplyRow(operation, a + rows.Offset(0), rows.InnerStride(0), b + rows.Offset(1), rows.InnerStride(1), y + rows.Position, rows.Width);
    }

    /// <summary>sum[target] = Σ over the broadcast dimensions of x[shape], rows in order; overwrites.</summary>
    internal static void SumTo(float* x, ReadOnlySpan<long> shape, float* sum, ReadOnlySpan<long> target)
    {
        var count = Shapes.Count(target);
        if (IsTrailing(target, shape))
        {
            Rows.SumColumns(x, sum, checked((int)(Shapes.Count(shape) / Math.Max(1, count))), checked((int)count), accumulate: false);
            return;
        }
        Elementwise.Fill(sum, 0, count);
        var rows = new RowWalk(shape, target, target);
        for (; rows.More; rows.Next())
        {
            var row = x + rows.Position;
            if (rows.InnerStride(0) == 0)
                sum[rows.Offset(0)] += Reduction.Sum(row, rows.Width);
            else
                Elementwise.AddInPlace(sum + rows.Offset(0), row, rows.Width);
        }
    }

    private static bool ApplyFast(BinaryOperation operation, torch.Tensor a, torch.Tensor b, float* y, long[] shape)
    {
        if (!Shapes.Same(a.Sizes, shape) || Shapes.Same(b.Sizes, shape) || operation is BinaryOperation.Divide or BinaryOperation.Subtract)
            return false;
        var add = operation == BinaryOperation.Add;
        var count = a.Count;
        if (b.Count == 1)
        {
            if (add)
                Elementwise.AddScalar(a.Floats, *b.Floats, y, count);
            else
                Elementwise.Scale(a.Floats, *b.Floats, y, count);
            return true;
        }
        var width = checked((int)b.Count);
        if (IsTrailing(b.Sizes, shape) && width > 0)
        {
            var rows = checked((int)(count / width));
            if (add)
                Rows.AddVector(a.Floats, b.Floats, y, rows, width);
            else
                Rows.MultiplyVector(a.Floats, b.Floats, y, rows, width);
            return true;
        }
        if (!add && width > 0 && b.Sizes.Length == shape.Length && b.Sizes[^1] == 1 && Shapes.Same(b.Sizes[..^1], shape.AsSpan(..^1)))
        {
            Rows.MultiplyScalar(a.Floats, b.Floats, y, width, checked((int)shape[^1]));
            return true;
        }
        return false;
    }

    /// <summary>True when the shape, leading ones aside, is the end of the other.</summary>
    private static bool IsTrailing(ReadOnlySpan<long> shape, ReadOnlySpan<long> whole)
    {
        while (shape.Length > 0 && shape[0] == 1)
            shape = shape[1..];
        return shape.Length <= whole.Length && Shapes.Same(shape, whole[^shape.Length..]);
    }

    private static void ApplySame(BinaryOperation operation, float* a, float* b, float* y, long count)
    {
        switch (operation)
        {
            case BinaryOperation.Add:
                Elementwise.Add(a, b, y, count);
                break;
            case BinaryOperation.Subtract:
                Elementwise.Subtract(a, b, y, count);
                break;
            case BinaryOperation.Multiply:
                Elementwise.Multiply(a, b, y, count);
                break;
            default:
                Elementwise.Divide(a, b, y, count);
                break;
        }
    }

    private static void ApplyRow(BinaryOperation operation, float* a, int aStride, float* b, int bStride, float* y, int width)
    {
        if (aStride == 1 && bStride == 1)
        {
            ApplySame(operation, a, b, y, width);
            return;
        }
        for (var i = 0; i < width; i++)
        {
            var left = a[i * aStride];
            var right = b[i * bStride];
            y[i] = operation switch
            {
                BinaryOperation.Add => left + right,
                BinaryOperation.Subtract => left - right,
                BinaryOperation.Multiply => left * right,
                _ => left / right,
            };
        }
    }
}

namespace Compressor.Training.Compute;

/// <summary>
/// Operations of tensors with numbers, and sums of tensors, which take a number with them. TorchSharp 0.107.0 makes an object of the
/// number and passes on its address; nothing refers to the object any more while libtorch works, so the garbage collector may free it
/// before libtorch has read it. That happens once in some million operations, and a run has a thousand in each step. Here the objects
/// live until the operation is over. A test sees to it that nothing in this assembly uses the operations of TorchSharp that make one.
/// </summary>
internal static class ScalarOperations
{
    private static readonly Scalar One = 1.ToScalar(), Two = 2.ToScalar();

    /// <summary>x + y.</summary>
    public static Tensor Plus(this Tensor x, Tensor y) => x.add(y, One);

    /// <summary>x + number.</summary>
    public static Tensor Plus(this Tensor x, double number)
    {
        using var scalar = number.ToScalar();
        return x.add(scalar, One);
    }

    /// <summary>x · number.</summary>
    public static Tensor Times(this Tensor x, double number)
    {
        using var scalar = number.ToScalar();
        return x.mul(scalar);
    }

    /// <summary>x².</summary>
    public static Tensor Squared(this Tensor x) => x.pow(Two);

    /// <summary>max(x, number).</summary>
    public static Tensor AtLeast(this Tensor x, double number)
    {
        using var scalar = number.ToScalar();
        return x.clamp_min(scalar);
    }

    /// <summary>x where it is above the limit, else the other number.</summary>
    public static Tensor Above(this Tensor x, double limit, double other)
    {
        using Scalar first = limit.ToScalar(), second = other.ToScalar();
        return x.threshold(first, second);
    }

    /// <summary>A tensor of float32 in which every element is the number.</summary>
    public static Tensor Full(long[] shape, double number)
    {
        using var scalar = number.ToScalar();
        return torch.full(shape, scalar, ScalarType.Float32);
    }

    /// <summary>x += y · factor.</summary>
    public static Tensor Add(this Tensor x, Tensor y, double factor = 1)
    {
        using var scalar = factor.ToScalar();
        return x.add_(y, scalar);
    }

    /// <summary>x += number.</summary>
    public static Tensor Add(this Tensor x, double number)
    {
        using var scalar = number.ToScalar();
        return x.add_(scalar, One);
    }

    /// <summary>x ·= number.</summary>
    public static Tensor Scale(this Tensor x, double number)
    {
        using var scalar = number.ToScalar();
        return x.mul_(scalar);
    }

    /// <summary>x += a · b · factor.</summary>
    public static Tensor AddProduct(this Tensor x, Tensor a, Tensor b, double factor)
    {
        using var scalar = factor.ToScalar();
        return x.addcmul_(a, b, scalar);
    }

    /// <summary>x += a / b · factor.</summary>
    public static Tensor AddQuotient(this Tensor x, Tensor a, Tensor b, double factor)
    {
        using var scalar = factor.ToScalar();
        return x.addcdiv_(a, b, scalar);
    }

    /// <summary>x[rows[i]] += y[i] · factor.</summary>
    public static Tensor AddRows(this Tensor x, Tensor rows, Tensor y, double factor)
    {
        using var scalar = factor.ToScalar();
        return x.index_add_(0, rows, y, scalar);
    }
}

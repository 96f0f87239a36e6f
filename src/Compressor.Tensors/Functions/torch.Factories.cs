namespace Compressor.Tensors;

public static partial class torch
{
    /// <summary>A tensor of the given shape with undefined elements.</summary>
    public static Tensor empty(ReadOnlySpan<long> size, ScalarType? dtype = null, bool requires_grad = false) =>
        Tensor.Allocate(Shapes.Checked(nameof(empty), size), dtype ?? ScalarType.Float32).requires_grad_(requires_grad);

    /// <summary>A vector with undefined elements.</summary>
    public static Tensor empty(long size, ScalarType? dtype = null, bool requires_grad = false) =>
        empty([size], dtype, requires_grad);

    /// <summary>A matrix with undefined elements.</summary>
    public static Tensor empty(long rows, long columns, ScalarType? dtype = null, bool requires_grad = false) =>
        empty([rows, columns], dtype, requires_grad);

    /// <summary>A tensor of the given shape, all elements 0.</summary>
    public static Tensor zeros(ReadOnlySpan<long> size, ScalarType? dtype = null, bool requires_grad = false)
    {
        var result = empty(size, dtype, requires_grad);
        result.Elements.Clear();
        return result;
    }

    /// <summary>A vector of zeros.</summary>
    public static Tensor zeros(long size, ScalarType? dtype = null, bool requires_grad = false) =>
        zeros([size], dtype, requires_grad);

    /// <summary>A matrix of zeros.</summary>
    public static Tensor zeros(long rows, long columns, ScalarType? dtype = null, bool requires_grad = false) =>
        zeros([rows, columns], dtype, requires_grad);

    /// <summary>A three-dimensional tensor of zeros.</summary>
    public static Tensor zeros(long dim0, long dim1, long dim2, ScalarType? dtype = null, bool requires_grad = false) =>
        zeros([dim0, dim1, dim2], dtype, requires_grad);

    /// <summary>Zeros in the shape and type of another tensor.</summary>
    public static Tensor zeros_like(Tensor input, bool requires_grad = false)
    {
        ArgumentNullException.ThrowIfNull(input);
        return zeros(input.Sizes, input.dtype, requires_grad);
    }

    /// <summary>A tensor of the given shape, all elements 1.</summary>
    public static Tensor ones(ReadOnlySpan<long> size, ScalarType? dtype = null, bool requires_grad = false) =>
        full(size, 1, dtype, requires_grad);

    /// <summary>A vector of ones.</summary>
    public static Tensor ones(long size, ScalarType? dtype = null, bool requires_grad = false) =>
        full([size], 1, dtype, requires_grad);

    /// <summary>A matrix of ones.</summary>
    public static Tensor ones(long rows, long columns, ScalarType? dtype = null, bool requires_grad = false) =>
        full([rows, columns], 1, dtype, requires_grad);

    /// <summary>Ones in the shape and type of another tensor.</summary>
    public static Tensor ones_like(Tensor input, bool requires_grad = false)
    {
        ArgumentNullException.ThrowIfNull(input);
        return ones(input.Sizes, input.dtype, requires_grad);
    }

    /// <summary>A tensor of the given shape, all elements <paramref name="value"/>. The type is Float32 unless given.</summary>
    public static Tensor full(ReadOnlySpan<long> size, Scalar value, ScalarType? dtype = null, bool requires_grad = false)
    {
        var result = empty(size, dtype);
        return result.fill_(value).requires_grad_(requires_grad);
    }

    /// <summary>0, 1, … below <paramref name="stop"/>; Int64 unless another type is given.</summary>
    public static Tensor arange(long stop, ScalarType? dtype = null, bool requires_grad = false) =>
        arange(0, stop, dtype, requires_grad);

    /// <summary>start, start + 1, … below <paramref name="stop"/>; Int64 unless another type is given.</summary>
    public static Tensor arange(long start, long stop, ScalarType? dtype = null, bool requires_grad = false)
    {
        var result = empty([Math.Max(0, stop - start)], dtype ?? ScalarType.Int64);
        unsafe
        {
            for (var i = 0L; i < result.Count; i++)
            {
                if (result.dtype == ScalarType.Int64)
                    result.Longs[i] = start + i;
                else
                    result.Floats[i] = start + i;
            }
        }
        return result.requires_grad_(requires_grad);
    }

    /// <summary>A tensor without dimensions that holds one float.</summary>
    public static Tensor tensor(float scalar, bool requires_grad = false) => full([], scalar, ScalarType.Float32, requires_grad);

    /// <summary>A tensor without dimensions that holds one integer.</summary>
    public static Tensor tensor(long scalar) => full([], scalar, ScalarType.Int64);

    /// <summary>A vector with a copy of the given floats.</summary>
    public static Tensor tensor(float[] rawArray, bool requires_grad = false)
    {
        ArgumentNullException.ThrowIfNull(rawArray);
        return FromSpan<float>(rawArray, [rawArray.Length]).requires_grad_(requires_grad);
    }

    /// <summary>A tensor of the given shape with a copy of the given floats.</summary>
    /// <exception cref="ArgumentException">The shape has another number of elements.</exception>
    public static Tensor tensor(float[] rawArray, ReadOnlySpan<long> dimensions, bool requires_grad = false) =>
        FromSpan<float>(rawArray, dimensions).requires_grad_(requires_grad);

    /// <summary>A tensor of the given shape with a copy of the given floats.</summary>
    /// <exception cref="ArgumentException">The shape has another number of elements.</exception>
    public static Tensor tensor(IList<float> rawArray, ReadOnlySpan<long> dimensions, bool requires_grad = false) =>
        FromSpan<float>([.. rawArray], dimensions).requires_grad_(requires_grad);

    /// <summary>A vector with a copy of the given integers.</summary>
    public static Tensor tensor(long[] rawArray)
    {
        ArgumentNullException.ThrowIfNull(rawArray);
        return FromSpan<long>(rawArray, [rawArray.Length]);
    }

    /// <summary>A tensor of the given shape with a copy of the given integers.</summary>
    /// <exception cref="ArgumentException">The shape has another number of elements.</exception>
    public static Tensor tensor(long[] rawArray, ReadOnlySpan<long> dimensions) => FromSpan<long>(rawArray, dimensions);

    /// <summary>A tensor of the given shape with a copy of the given integers.</summary>
    /// <exception cref="ArgumentException">The shape has another number of elements.</exception>
    public static Tensor tensor(IList<long> rawArray, ReadOnlySpan<long> dimensions) => FromSpan<long>([.. rawArray], dimensions);

    /// <summary>Normal numbers of mean 0 and variance 1; see <see cref="Generator"/> for how they are made.</summary>
    public static Tensor randn(
        ReadOnlySpan<long> size, ScalarType? dtype = null, bool requires_grad = false, Generator? generator = null) =>
        empty(size, dtype).normal_(0, 1, generator).requires_grad_(requires_grad);

    /// <summary>Uniform numbers in [0, 1).</summary>
    public static Tensor rand(
        ReadOnlySpan<long> size, ScalarType? dtype = null, bool requires_grad = false, Generator? generator = null) =>
        empty(size, dtype).uniform_(0, 1, generator).requires_grad_(requires_grad);

    /// <summary>Uniform integers in [low, high).</summary>
    public static Tensor randint(long low, long high, ReadOnlySpan<long> size, Generator? generator = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(high, low);
        generator ??= DefaultGenerator;
        var result = empty(size, ScalarType.Int64);
        unsafe
        {
            for (var i = 0L; i < result.Count; i++)
                result.Longs[i] = low + generator.NextBelow(high - low);
        }
        return result;
    }

    private static unsafe Tensor FromSpan<T>(ReadOnlySpan<T> values, ReadOnlySpan<long> dimensions)
        where T : unmanaged
    {
        var shape = Shapes.Checked(nameof(tensor), dimensions);
        if (Shapes.Count(shape) != values.Length)
            throw new ArgumentException($"tensor: {values.Length} values do not fill shape {Shapes.Text(shape)}.");
        var result = Tensor.Allocate(shape, typeof(T) == typeof(long) ? ScalarType.Int64 : ScalarType.Float32);
        values.CopyTo(new Span<T>(result.Elements.Pointer, values.Length));
        return result;
    }
}

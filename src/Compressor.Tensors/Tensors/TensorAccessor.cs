using System.Collections;

namespace Compressor.Tensors;

/// <summary>Direct access to a tensor's elements, in row-major order.</summary>
/// <typeparam name="T">float or long, as the tensor's elements are.</typeparam>
public sealed unsafe class TensorAccessor<T> : IDisposable, IEnumerable<T>
    where T : unmanaged
{
    private readonly torch.Tensor _tensor;

    internal TensorAccessor(torch.Tensor tensor)
    {
        var expected = typeof(T) == typeof(float) ? torch.ScalarType.Float32
            : typeof(T) == typeof(long) ? torch.ScalarType.Int64
            : throw new ArgumentException($"data: {typeof(T).Name} is not an element type.");
        tensor.Require("data", expected);
        _tensor = tensor;
    }

    /// <summary>The number of elements.</summary>
    public long Count => _tensor.Count;

    /// <summary>The element at the given place, one index for each dimension, or one index into all elements.</summary>
    public T this[params long[] indices]
    {
        get => Span[Offset(indices)];
        set
        {
            Span[Offset(indices)] = value;
            _tensor.Elements.Version++;
        }
    }

    internal Span<T> Span => new(_tensor.Elements.Pointer, checked((int)_tensor.Count));

    /// <summary>A copy of all elements.</summary>
    public T[] ToArray() => Span.ToArray();

    /// <summary>Copies the elements from <paramref name="tensorIndex"/> on to an array.</summary>
    public void CopyTo(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyTo(array.AsSpan(), arrayIndex, tensorIndex);

    /// <summary>Copies the elements from <paramref name="tensorIndex"/> on to a span.</summary>
    public void CopyTo(Span<T> array, int arrayIndex = 0, long tensorIndex = 0) =>
        Span[checked((int)tensorIndex)..].CopyTo(array[arrayIndex..]);

    /// <summary>Overwrites elements from <paramref name="tensorIndex"/> on.</summary>
    public void CopyFrom(T[] array, int arrayIndex = 0, long tensorIndex = 0) =>
        CopyFrom((ReadOnlySpan<T>)array, arrayIndex, tensorIndex);

    /// <summary>Overwrites elements from <paramref name="tensorIndex"/> on.</summary>
    public void CopyFrom(ReadOnlySpan<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        array[arrayIndex..].CopyTo(Span[checked((int)tensorIndex)..]);
        _tensor.Elements.Version++;
    }

    /// <summary>Does nothing: the tensor owns the elements.</summary>
    public void Dispose()
    {
    }

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator()
    {
        for (var i = 0; i < _tensor.Count; i++)
            yield return At(i);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private T At(int index) => Span[index];

    private int Offset(long[] indices)
    {
        var shape = _tensor.Sizes;
        if (indices.Length == 1)
            return checked((int)indices[0]);
        if (indices.Length != shape.Length)
            throw new ArgumentException($"data: {indices.Length} indices for shape {Shapes.Text(shape)}.");
        var offset = 0L;
        for (var i = 0; i < indices.Length; i++)
        {
            if (indices[i] < 0 || indices[i] >= shape[i])
                throw new ArgumentOutOfRangeException(nameof(indices), $"data: index {indices[i]} is outside shape {Shapes.Text(shape)}.");
            offset = offset * shape[i] + indices[i];
        }
        return checked((int)offset);
    }
}

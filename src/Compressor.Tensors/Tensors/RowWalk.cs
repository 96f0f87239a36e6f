namespace Compressor.Tensors;

/// <summary>
/// Visits the rows (last dimension) of a shape in order and tells where the matching rows of two operands, broadcast
/// to that shape, begin.
/// </summary>
internal ref struct RowWalk
{
    private readonly ReadOnlySpan<long> _shape;
    private readonly long[] _index;
    private readonly long[][] _strides;
    private readonly long[] _offsets = new long[2];
    private readonly long _rows;
    private long _row;

    internal RowWalk(ReadOnlySpan<long> shape, ReadOnlySpan<long> first, ReadOnlySpan<long> second)
    {
        _shape = shape;
        Width = shape.Length == 0 ? 1 : checked((int)shape[^1]);
        _rows = Width == 0 ? 0 : Shapes.Count(shape) / Width;
        _index = new long[shape.Length];
        _strides = [Strides(first, shape.Length), Strides(second, shape.Length)];
    }

    /// <summary>Elements in a row.</summary>
    internal int Width { get; }

    internal readonly bool More => _row < _rows;

    /// <summary>Where the row begins in the shape itself.</summary>
    internal readonly long Position => _row * Width;

    /// <summary>Where the row begins in an operand.</summary>
    internal readonly long Offset(int operand) => _offsets[operand];

    /// <summary>1, or 0 when the operand repeats one element along the row.</summary>
    internal readonly int InnerStride(int operand) => _shape.Length == 0 ? 0 : (int)_strides[operand][^1];

    internal void Next()
    {
        _row++;
        for (var dim = _shape.Length - 2; dim >= 0; dim--)
        {
            _index[dim]++;
            _offsets[0] += _strides[0][dim];
            _offsets[1] += _strides[1][dim];
            if (_index[dim] < _shape[dim])
                return;
            _offsets[0] -= _index[dim] * _strides[0][dim];
            _offsets[1] -= _index[dim] * _strides[1][dim];
            _index[dim] = 0;
        }
    }

    /// <summary>Element strides of a shape, 0 where it is broadcast.</summary>
    private static long[] Strides(ReadOnlySpan<long> shape, int rank)
    {
        var strides = new long[rank];
        var stride = 1L;
        for (var i = 1; i <= shape.Length; i++)
        {
            strides[^i] = shape[^i] == 1 ? 0 : stride;
            stride *= shape[^i];
        }
        return strides;
    }
}

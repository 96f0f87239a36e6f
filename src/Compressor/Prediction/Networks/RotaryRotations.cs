using Compressor.Kernels;

namespace Compressor.Prediction.Networks;

/// <summary>The rotations of consecutive positions: cosines and sines, ready for <see cref="RowKernels.Rotate"/>.</summary>
internal sealed unsafe class RotaryRotations
{
    private readonly RotaryTable _table;
    private readonly RowKernels _kernels;
    private readonly int _pairs;
    private readonly PinnedArray<float> _rotations;   // [rows, 2, pairs]: cosines, then sines
    private readonly PinnedArray<float> _high;        // [2, pairs] of the newest multiple of RotaryTable.Low
    private int _highPosition = -1;

    /// <param name="table">Of the model.</param>
    /// <param name="rows">The most positions at once.</param>
    /// <param name="kernels">Elementwise steps.</param>
    public RotaryRotations(RotaryTable table, int rows, RowKernels kernels)
    {
        _table = table;
        _kernels = kernels;
        _pairs = table.Pairs;
        _rotations = new PinnedArray<float>(2L * rows * _pairs);
        _high = new PinnedArray<float>(2 * _pairs);
    }

    /// <summary>Prepares <paramref name="rows"/> positions from <paramref name="position"/> ≥ 0 on.</summary>
    public void Set(int position, int rows)
    {
        for (var r = 0; r < rows; r++)
        {
            int low = (position + r) % RotaryTable.Low, high = position + r - low;
            if (high != _highPosition)
            {
                _table.Fill(high, _high.Span[.._pairs], _high.Span[_pairs..]);
                _highPosition = high;
            }
            // The product of two rotations is the rotation of one by the other.
            var rotation = Cosines(r);
            _high.Span.CopyTo(new Span<float>(rotation, 2 * _pairs));
            _kernels.Rotate(rotation, 1, _pairs, _table.LowCosines(low), _table.LowSines(low));
        }
    }

    /// <summary>Rotates heads [heads, 2 · pairs] in place by the position of a row.</summary>
    public void Turn(float* x, int heads, int row) => _kernels.Rotate(x, heads, _pairs, Cosines(row), Sines(row));

    /// <summary>The reverse of <see cref="Turn"/>, and its backward: with its halves exchanged, a head turns the other way.</summary>
    public void TurnBack(float* x, int heads, int row)
    {
        Exchange(x, heads);
        Turn(x, heads, row);
        Exchange(x, heads);
    }

    private void Exchange(float* x, int heads)
    {
        for (var h = 0; h < heads; h++, x += 2 * _pairs)
        {
            for (var i = 0; i < _pairs; i++)
                (x[i], x[i + _pairs]) = (x[i + _pairs], x[i]);
        }
    }

    /// <summary>[pairs] cosines of a row.</summary>
    public float* Cosines(int row) => _rotations.Pointer + 2L * row * _pairs;

    /// <summary>[pairs] sines of a row.</summary>
    public float* Sines(int row) => Cosines(row) + _pairs;
}

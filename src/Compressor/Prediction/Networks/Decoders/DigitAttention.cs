using Compressor.Kernels;

namespace Compressor.Prediction.Networks.Decoders;

/// <summary>Causal attention of new rows of one sequence: 14-bit queries and keys, 14-bit softmax weights, 8-bit values.</summary>
internal sealed unsafe class DigitAttention
{
    /// <summary>Positions handled together.</summary>
    private const int PositionTile = 4;

    private readonly DecoderShape _shape;
    private readonly InstructionSet _set;
    private readonly DigitKernels _digits;
    private readonly RowKernels _rows;
    private readonly int _size, _group;
    private readonly float _scoreScale;
    private readonly PinnedArray<byte> _queryDigits, _weightDigits;   // [tile rows, 2, head size], [tile rows, 2, context]
    private readonly PinnedArray<float> _queryScales, _factors;       // [tile rows]
    private readonly PinnedArray<int> _high, _low;                    // [tile rows, 2, context] products with digits of keys
    private readonly PinnedArray<float> _scratch;                     // [context]
    private readonly PinnedArray<int> _sums, _zeros;                  // [tile rows, 2, head size], [head size]

    public DigitAttention(DecoderShape shape, InstructionSet set)
    {
        _shape = shape;
        _set = set;
        (_digits, _rows) = (DigitKernels.For(set), RowKernels.For(set));
        (_size, _group) = (shape.PaddedHeadSize, shape.Heads / shape.KeyValueHeads);
        _scoreScale = shape.ScoreFactor * (1f / MathF.Sqrt(shape.HeadSize));
        var rows = PositionTile * _group;
        (_queryDigits, _weightDigits) = (new(2L * rows * _size), new(2L * rows * shape.Context));
        (_queryScales, _factors, _scratch) = (new(rows), new(rows), new(shape.Context));
        (_high, _low) = (new(2L * rows * shape.Context), new(2L * rows * shape.Context));
        (_sums, _zeros) = (new(2L * rows * _size), new(_size));
    }

    /// <summary>Stores keys and values of rows, which are rotated, at consecutive positions, and attends.</summary>
    /// <param name="cache">The sequence's cache in this layer.</param>
    /// <param name="position">Of the first row.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="queries">[rows, heads, head size].</param>
    /// <param name="keys">[rows, key/value heads, head size].</param>
    /// <param name="values">The same.</param>
    /// <param name="attended">[rows, heads, head size] result.</param>
    public void Run(DigitCache cache, int position, int rows, float* queries, float* keys, float* values, float* attended)
    {
        int heads = _shape.Heads, keyHeads = _shape.KeyValueHeads;
        for (var r = 0; r < rows; r++)
        {
            for (var h = 0; h < keyHeads; h++)
                cache.Store(h, position + r, keys + (long)(r * keyHeads + h) * _size, values + (long)(r * keyHeads + h) * _size, _digits, _rows);
        }
        for (var r = 0; r < rows; r += PositionTile)
        {
            for (var h = 0; h < keyHeads; h++)
            {
                var first = (long)(r * heads + h * _group) * _size;
                Tile(cache, h, position + r, Math.Min(PositionTile, rows - r), queries + first, attended + first);
            }
        }
        GC.KeepAlive(this);
    }

    /// <summary>A few positions × the query heads of one key/value head.</summary>
    private void Tile(DigitCache cache, int head, int position, int positions, float* queries, float* attended)
    {
        int stride = _shape.Heads * _size, rows = positions * _group, size = _size;
        for (var row = 0; row < rows; row++)
        {
            var query = queries + (long)(row / _group) * stride + row % _group * size;
            _queryScales.Pointer[row] = _scoreScale * _digits.Quantize(query, size, _queryDigits.Pointer + 2L * row * size);
        }

        // Whole panels of positions that cover every row's window.
        var start = Math.Max(0, position - _shape.Window + 1) / Int8Product.PanelWidth * Int8Product.PanelWidth;
        var n = DigitMatrix.Padded(position + positions - start);
        Int8Product.Multiply(_queryDigits.Pointer, size, 2 * rows, cache.HighKeys(head, start), (long)Int8Product.PanelWidth * size, n / Int8Product.PanelWidth, size / 4,
            cache.HighStarts(head, start), _high.Pointer, n, _set);
        Int8Product.Multiply(_queryDigits.Pointer, size, 2 * rows, cache.LowKeys(head, start), (long)Int8Product.PanelWidth * size, n / Int8Product.PanelWidth, size / 4,
            cache.LowStarts(head, start), _low.Pointer, n, _set);
        for (var row = 0; row < rows; row++)
        {
            var own = position + row / _group;
            int* highKey = _high.Pointer + 2L * row * n, lowKey = _low.Pointer + 2L * row * n;
            _factors.Pointer[row] = _digits.AttentionWeights(highKey, lowKey, highKey + n, lowKey + n, n, Math.Max(0, own - _shape.Window + 1) - start, own + 1 - start,
                _queryScales.Pointer[row], cache.KeyScales(head, start), cache.ValueScales(head, start), _scratch.Pointer, _weightDigits.Pointer + 2L * row * n);
        }
        Int8Product.Multiply(_weightDigits.Pointer, n, 2 * rows, cache.Values(head, start), cache.ValuePanelStride, size / Int8Product.PanelWidth, n / 4,
            _zeros.Pointer, _sums.Pointer, size, _set);
        for (var row = 0; row < rows; row++)
        {
            var sums = _sums.Pointer + 2L * row * size;
            _digits.Scale(sums, sums + size, _factors.Pointer[row], size, attended + (long)(row / _group) * stride + row % _group * size);
        }
    }
}

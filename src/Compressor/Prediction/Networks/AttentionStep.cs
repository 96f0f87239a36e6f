using Compressor.Kernels;

namespace Compressor.Prediction.Networks;

/// <summary>
/// Causal attention of the new rows of one sequence over its window, in integers: 7-bit queries · 8-bit keys, a softmax
/// whose weights become 7-bit integers, and those · 8-bit values.
/// </summary>
internal sealed unsafe class AttentionStep
{
    /// <summary>Positions handled together; with several heads on one key this fills the product's row tile.</summary>
    private const int PositionTile = 4;

    /// <summary>What the ends of the run of positions whose weights are computed are rounded to: a multiple of every vector's elements.</summary>
    private const int RunUnit = 16;

    private readonly AttentionShape _shape;
    private readonly InstructionSet _set;
    private readonly RowKernels _kernels;
    private readonly int _group;                         // query heads on one key/value head
    private readonly float _inverseRoot;                 // 1 / √headSize
    private readonly RotaryRotations _rotations;
    private readonly PinnedArray<byte> _queryBytes;      // [PositionTile · group, headSize]
    private readonly PinnedArray<float> _queryScales;    // [PositionTile · group]
    private readonly PinnedArray<int> _scores;           // [PositionTile · group, window + slack]
    private readonly PinnedArray<byte> _weights;         // the same shape
    private readonly PinnedArray<float> _scratch;        // [window + slack]
    private readonly PinnedArray<float> _factors;        // [PositionTile · group]
    private readonly PinnedArray<int> _sums;             // [PositionTile · group, headSize]
    private readonly PinnedArray<int> _zeroBias;         // [headSize]

    public AttentionStep(AttentionShape shape, RotaryTable rotary, InstructionSet set, RowKernels kernels)
    {
        _shape = shape;
        _set = set;
        _kernels = kernels;
        _group = shape.Heads / shape.KeyValueHeads;
        _inverseRoot = 1f / MathF.Sqrt(shape.HeadSize);
        _rotations = new RotaryRotations(rotary, KeyValueCache.Slack, kernels);
        int rows = PositionTile * _group, widest = shape.Window + KeyValueCache.Slack;
        _queryBytes = new PinnedArray<byte>(rows * shape.HeadSize);
        _queryScales = new PinnedArray<float>(rows);
        _scores = new PinnedArray<int>((long)rows * widest);
        _weights = new PinnedArray<byte>((long)rows * widest);
        _scratch = new PinnedArray<float>(widest);
        _factors = new PinnedArray<float>(rows);
        _sums = new PinnedArray<int>(rows * shape.HeadSize);
        _zeroBias = new PinnedArray<int>(shape.HeadSize);
    }

    /// <summary>Prepares the rotations of <paramref name="rows"/> positions from <paramref name="position"/> on; they serve every layer.</summary>
    public void SetPositions(int position, int rows) => _rotations.Set(position, rows);

    /// <summary>Appends keys and values of the new rows to the cache, then attends.</summary>
    /// <param name="cache">The sequence's cache in this layer.</param>
    /// <param name="rows">New rows.</param>
    /// <param name="queries">[rows, heads, headSize]; rotated in place.</param>
    /// <param name="keys">[rows, keyValueHeads, headSize]; rotated in place.</param>
    /// <param name="values">[rows, keyValueHeads, headSize].</param>
    /// <param name="attended">[rows, heads, headSize] result.</param>
    public void Run(KeyValueCache cache, int rows, float* queries, float* keys, float* values, float* attended)
    {
        int size = _shape.HeadSize, half = size / 2, heads = _shape.Heads, keyHeads = _shape.KeyValueHeads;
        var first = cache.Reserve(rows);
        for (var r = 0; r < rows; r++)
        {
            float* cosines = _rotations.Cosines(r), sines = _rotations.Sines(r);
            _kernels.Rotate(queries + (long)r * heads * size, heads, half, cosines, sines);
            _kernels.Rotate(keys + (long)r * keyHeads * size, keyHeads, half, cosines, sines);
            for (var h = 0; h < keyHeads; h++)
                cache.Store(h, first + r, keys + (r * keyHeads + h) * size, values + (r * keyHeads + h) * size, _kernels);
        }
        for (var r = 0; r < rows; r += PositionTile)
        {
            var positions = Math.Min(PositionTile, rows - r);
            for (var h = 0; h < keyHeads; h++)
                Tile(cache, h, first + r, positions, queries + (r * heads + h * _group) * size, attended + (r * heads + h * _group) * size);
        }
    }

    /// <summary>A few positions × the query heads of one key/value head.</summary>
    private void Tile(KeyValueCache cache, int keyHead, int slot, int positions, float* queries, float* attended)
    {
        int size = _shape.HeadSize, rowStride = _shape.Heads * size, rows = positions * _group;
        for (var p = 0; p < positions; p++)
        {
            for (var g = 0; g < _group; g++)
            {
                var row = p * _group + g;
                _queryScales.Pointer[row] = _inverseRoot * _kernels.Quantize(queries + p * rowStride + g * size, size,
                    63f, KeyValueCache.QueryOffset, _queryBytes.Pointer + row * size);
            }
        }

        // Scores of whole panels of positions that cover every row's window.
        int oldest = Math.Max(0, slot - _shape.Window + 1), end = slot + positions;
        var start = oldest / Int8Product.PanelWidth * Int8Product.PanelWidth;
        var panels = (end - start + Int8Product.PanelWidth - 1) / Int8Product.PanelWidth;
        var stride = panels * Int8Product.PanelWidth;
        Int8Product.Multiply(_queryBytes.Pointer, size, rows, cache.Keys(keyHead, start), (long)Int8Product.PanelWidth * size, panels, size / 4,
            cache.KeyBias(keyHead, start), _scores.Pointer, stride, _set);

        // Weights of the shortest run of positions that covers every row's window; what a row must not see gets weight 0.
        var run = (oldest - start) / RunUnit * RunUnit;
        start += run;
        var n = (end - start + RunUnit - 1) / RunUnit * RunUnit;
        for (var p = 0; p < positions; p++)
        {
            int from = Math.Max(0, slot + p - _shape.Window + 1) - start, to = slot + p + 1 - start;
            for (var g = 0; g < _group; g++)
            {
                var row = p * _group + g;
                _factors.Pointer[row] = _kernels.AttentionWeights(_scores.Pointer + (long)row * stride + run, n, from, to,
                    _queryScales.Pointer[row], cache.KeyScales(keyHead, start), cache.ValueScales(keyHead, start), _scratch.Pointer,
                    _weights.Pointer + (long)row * n);
            }
        }
        Int8Product.Multiply(_weights.Pointer, n, rows, cache.Values(keyHead, start), cache.ValuePanelStride, size / Int8Product.PanelWidth, n / 4,
            _zeroBias.Pointer, _sums.Pointer, size, _set);
        for (var p = 0; p < positions; p++)
        {
            for (var g = 0; g < _group; g++)
            {
                var row = p * _group + g;
                _kernels.Scale(_sums.Pointer + row * size, _factors.Pointer[row], size, attended + p * rowStride + g * size);
            }
        }
    }
}

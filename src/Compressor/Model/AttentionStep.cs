using Compressor.Kernels;

namespace Compressor.Model;

/// <summary>
/// Causal attention of the new rows of one sequence over its window, in integers: 7-bit queries · 8-bit keys, a softmax
/// whose weights become 7-bit integers, and those · 8-bit values.
/// </summary>
internal sealed unsafe class AttentionStep
{
    /// <summary>Positions handled together; with several heads on one key this fills the product's row tile.</summary>
    private const int PositionTile = 4;

    private readonly ModelConfig _config;
    private readonly InstructionSet _set;
    private readonly int _group;                         // query heads on one key/value head
    private readonly float _inverseRoot;                 // 1 / √headSize
    private readonly PinnedArray<float> _cosines, _sines;   // [rows, headSize / 2]
    private readonly PinnedArray<byte> _queryBytes;      // [PositionTile · group, headSize]
    private readonly PinnedArray<float> _queryScales;    // [PositionTile · group]
    private readonly PinnedArray<int> _scores;           // [PositionTile · group, window + tile]
    private readonly PinnedArray<byte> _weights;         // the same shape
    private readonly PinnedArray<float> _scratch;        // [2, window + tile]
    private readonly PinnedArray<float> _factors;        // [PositionTile · group]
    private readonly PinnedArray<int> _sums;             // [PositionTile · group, headSize]
    private readonly PinnedArray<int> _zeroBias;         // [headSize]

    public AttentionStep(ModelConfig config, InstructionSet set)
    {
        _config = config;
        _set = set;
        _group = config.Heads / config.KeyValueHeads;
        _inverseRoot = 1f / MathF.Sqrt(config.HeadSize);
        int rows = PositionTile * _group, widest = config.Window + KeyValueCache.Slack;
        _cosines = new PinnedArray<float>(KeyValueCache.Slack * config.HeadSize / 2);
        _sines = new PinnedArray<float>(KeyValueCache.Slack * config.HeadSize / 2);
        _queryBytes = new PinnedArray<byte>(rows * config.HeadSize);
        _queryScales = new PinnedArray<float>(rows);
        _scores = new PinnedArray<int>((long)rows * widest);
        _weights = new PinnedArray<byte>((long)rows * widest);
        _scratch = new PinnedArray<float>(2 * widest);
        _factors = new PinnedArray<float>(rows);
        _sums = new PinnedArray<int>(rows * config.HeadSize);
        _zeroBias = new PinnedArray<int>(config.HeadSize);
    }

    /// <summary>Prepares the rotations of <paramref name="rows"/> positions from <paramref name="position"/> on; they serve every layer.</summary>
    public void SetPositions(RotaryTable rotary, int position, int rows)
    {
        int half = rotary.Pairs;
        for (int r = 0; r < rows; r++)
            rotary.Fill(position + r, _cosines.Span.Slice(r * half, half), _sines.Span.Slice(r * half, half));
    }

    /// <summary>Appends keys and values of the new rows to the cache, then attends.</summary>
    /// <param name="cache">The sequence's cache in this layer.</param>
    /// <param name="rows">New rows.</param>
    /// <param name="queries">[rows, heads, headSize]; rotated in place.</param>
    /// <param name="keys">[rows, keyValueHeads, headSize]; rotated in place.</param>
    /// <param name="values">[rows, keyValueHeads, headSize].</param>
    /// <param name="attended">[rows, heads, headSize] result.</param>
    public void Run(KeyValueCache cache, int rows, float* queries, float* keys, float* values, float* attended)
    {
        int size = _config.HeadSize, half = size / 2, heads = _config.Heads, keyHeads = _config.KeyValueHeads;
        int first = cache.Reserve(rows);
        for (int r = 0; r < rows; r++)
        {
            float* cosines = _cosines.Pointer + r * half, sines = _sines.Pointer + r * half;
            for (int h = 0; h < heads; h++) RowKernels.Rotate(queries + (r * heads + h) * size, half, cosines, sines, _set);
            for (int h = 0; h < keyHeads; h++)
            {
                float* key = keys + (r * keyHeads + h) * size;
                RowKernels.Rotate(key, half, cosines, sines, _set);
                cache.Store(h, first + r, key, values + (r * keyHeads + h) * size, _set);
            }
        }
        for (int r = 0; r < rows; r += PositionTile)
        {
            int positions = Math.Min(PositionTile, rows - r);
            for (int h = 0; h < keyHeads; h++)
                Tile(cache, h, first + r, positions, queries + (r * heads + h * _group) * size, attended + (r * heads + h * _group) * size);
        }
    }

    /// <summary>A few positions × the query heads of one key/value head.</summary>
    private void Tile(KeyValueCache cache, int keyHead, int slot, int positions, float* queries, float* attended)
    {
        int size = _config.HeadSize, rowStride = _config.Heads * size, rows = positions * _group;
        for (int p = 0; p < positions; p++)
        {
            for (int g = 0; g < _group; g++)
            {
                int row = p * _group + g;
                _queryScales.Pointer[row] = _inverseRoot * RowKernels.Quantize(queries + p * rowStride + g * size, size,
                    63f, KeyValueCache.QueryOffset, _queryBytes.Pointer + row * size, _set);
            }
        }

        // Whole panels of positions that cover every row's window; what a row must not see gets weight 0.
        int start = Math.Max(0, slot - _config.Window + 1) / Int8Product.PanelWidth * Int8Product.PanelWidth;
        int panels = (slot + positions - start + Int8Product.PanelWidth - 1) / Int8Product.PanelWidth;
        int n = panels * Int8Product.PanelWidth;
        Int8Product.Multiply(_queryBytes.Pointer, size, rows, cache.Keys(keyHead, start), (long)Int8Product.PanelWidth * size, panels, size / 4,
            cache.KeyBias(keyHead, start), _scores.Pointer, n, _set);
        for (int p = 0; p < positions; p++)
        {
            int from = Math.Max(0, slot + p - _config.Window + 1) - start, to = slot + p + 1 - start;
            for (int g = 0; g < _group; g++)
            {
                int row = p * _group + g;
                _factors.Pointer[row] = RowKernels.AttentionWeights(_scores.Pointer + (long)row * n, n, from, to, _queryScales.Pointer[row],
                    cache.KeyScales(keyHead, start), cache.ValueScales(keyHead, start), _scratch.Pointer, _weights.Pointer + (long)row * n, _set);
            }
        }
        Int8Product.Multiply(_weights.Pointer, n, rows, cache.Values(keyHead, start), cache.ValuePanelStride, size / Int8Product.PanelWidth, n / 4,
            _zeroBias.Pointer, _sums.Pointer, size, _set);
        for (int p = 0; p < positions; p++)
        {
            for (int g = 0; g < _group; g++)
            {
                int row = p * _group + g;
                RowKernels.Scale(_sums.Pointer + row * size, _factors.Pointer[row], size, attended + p * rowStride + g * size, _set);
            }
        }
    }
}

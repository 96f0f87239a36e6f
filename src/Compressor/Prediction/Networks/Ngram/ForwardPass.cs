using Compressor.Kernels;

namespace Compressor.Prediction.Networks.Ngram;

/// <summary>
/// Runs rows of tokens through the transformer with integer products and exact elementwise steps (docs/exactness.md).
/// </summary>
/// <remarks>
/// A batch is S sequences of R consecutive rows each: encoding runs one sequence of many rows (all tokens are known),
/// decoding many sequences (the lanes) of one row. No step mixes rows but attention, which looks only at the row's own
/// sequence, and every sum is an integer sum, so a row's result is the same bits in any batch.
/// (*1) All pointers lead into arrays that this object reaches, and the public methods keep it alive to their end.
/// </remarks>
internal sealed unsafe class ForwardPass : INetworkState
{
    /// <summary>Rows of logits computed at once: their 32-bit products stay in the second-level cache.</summary>
    public const int VocabularyTile = 16;

    private readonly TransformerWeights _weights;
    private readonly InstructionSet _set;
    private readonly RowKernels _kernels;
    private readonly int _maxRows;
    private readonly Action<ForwardPass>? _keep;
    private readonly AttentionStep _attention;
    private readonly KeyValueCache[][] _caches;      // [lanes][layers]
    private readonly NgramHistory _history;
    private readonly NgramInput[] _inputs;           // [rows]
    private readonly PinnedArray<float> _x;          // [rows, d] residual stream
    private readonly PinnedArray<byte> _bytes;       // [rows, widest] quantised input of the next product
    private readonly PinnedArray<float> _scales;     // [rows] scale of each quantised row
    private readonly PinnedArray<int> _acc;          // [rows, widest] products
    private readonly PinnedArray<float> _wide;       // [rows, widest] dequantised products
    private readonly PinnedArray<float> _queries;    // [rows, heads · headSize]
    private readonly PinnedArray<float> _keys;       // [rows, keyValueHeads · headSize]
    private readonly PinnedArray<float> _values;     // [rows, keyValueHeads · headSize]
    private readonly PinnedArray<float> _logits;     // [row length] scratch of one row
    private int _position;                           // of the next row of every sequence
    private bool _disposed;

    /// <param name="weights">The model.</param>
    /// <param name="lanes">Sequences.</param>
    /// <param name="maxRows">The most rows of each in a batch, at most <see cref="KeyValueCache.Slack"/>.</param>
    /// <param name="set">The instruction set to run.</param>
    /// <param name="keep">Is given this object when it is disposed, to <see cref="Reopen"/> it later; null if nothing is.</param>
    public ForwardPass(TransformerWeights weights, int lanes, int maxRows, InstructionSet set, Action<ForwardPass>? keep = null)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxRows, KeyValueCache.Slack);
        var config = weights.Config;
        _weights = weights;
        _set = set;
        _kernels = RowKernels.For(set);
        _maxRows = maxRows;
        _keep = keep;
        _attention = new AttentionStep(config.Attention, weights.Rotary, set, _kernels);
        _caches = new KeyValueCache[lanes][];
        for (var lane = 0; lane < lanes; lane++)
        {
            _caches[lane] = new KeyValueCache[config.Layers];
            for (var layer = 0; layer < config.Layers; layer++) _caches[lane][layer] = new KeyValueCache(config.Attention);
        }
        _history = new NgramHistory(lanes);
        var rows = checked(lanes * maxRows);
        _inputs = new NgramInput[rows];
        int queries = config.Heads * config.HeadSize, keys = config.KeyValueHeads * config.HeadSize;
        var widest = Math.Max(Math.Max(config.IntermediateSize, config.HiddenSize), queries);
        _x = new PinnedArray<float>((long)rows * config.HiddenSize);
        _bytes = new PinnedArray<byte>((long)rows * widest);
        _scales = new PinnedArray<float>(rows);
        _acc = new PinnedArray<int>((long)rows * widest);
        _wide = new PinnedArray<float>((long)rows * widest);
        _queries = new PinnedArray<float>((long)rows * queries);
        _keys = new PinnedArray<float>((long)rows * keys);
        _values = new PinnedArray<float>((long)rows * keys);
        _logits = new PinnedArray<float>(weights.Head.PaddedOutputs);
    }

    /// <summary>Makes a disposed pass usable again, for new sequences.</summary>
    public ForwardPass Reopen()
    {
        _disposed = false;
        _position = 0;
        _history.Clear();
        foreach (var lane in _caches)
            foreach (var cache in lane) cache.Clear();
        return this;
    }

    /// <inheritdoc/>
    public void Run(ReadOnlySpan<int> tokens, int lanes)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var rowsEach = tokens.Length / lanes;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rowsEach, _maxRows);
        var inputs = _inputs.AsSpan(0, tokens.Length);
        _history.Append(tokens, lanes, inputs);
        ReadOnlySpan<KeyValueCache[]> caches = _caches.AsSpan(0, lanes);
        Embed(inputs);
        _attention.SetPositions(_position, rowsEach);
        for (var layer = 0; layer < _weights.Layers.Length; layer++)
        {
            Attend(_weights.Layers[layer], layer, caches, rowsEach);
            FeedForward(_weights.Layers[layer], tokens.Length);
        }
        _position += rowsEach;
        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public void VocabularyWeights(int first, int count, Span<int> weights)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        int d = _weights.Config.HiddenSize, v = _weights.Config.VocabularySize, length = _weights.Head.PaddedOutputs;
        ArgumentOutOfRangeException.ThrowIfLessThan(weights.Length, count * length);
        var bits = TokenDistribution.WeightBits;
        NormalizeRows(first, count);
        fixed (int* all = weights)
        {
            for (var tile = 0; tile < count; tile += VocabularyTile)
            {
                var rows = Math.Min(VocabularyTile, count - tile);
                _weights.Head.Multiply(_bytes.Pointer + (long)(first + tile) * d, rows, all + (long)tile * length, _set);
                for (var r = tile; r < tile + rows; r++)
                {
                    var row = all + (long)r * length;
                    _kernels.VocabularyWeights(row, _scales.Pointer[first + r], _weights.Head.Scales, length, bits, _logits.Pointer);
                    new Span<int>(row + v, length - v).Clear();   // the padding repeats the last output: it changed no maximum
                }
            }
        }
        GC.KeepAlive(this);
    }

    /// <summary>Ends the sequences.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        _keep?.Invoke(this);
    }

    private void Embed(ReadOnlySpan<NgramInput> inputs)
    {
        int d = _weights.Config.HiddenSize, buckets = _weights.Config.NgramBuckets;
        for (var r = 0; r < inputs.Length; r++)
        {
            var input = inputs[r];
            var x = _x.Pointer + (long)r * d;
            new Span<float>(x, d).Clear();
            AddRow(_weights.Embedding, input.Token, x);
            for (var i = 0; i < _weights.Ngrams.Length; i++)
            {
                var order = ModelConfig.NgramOrders[i];
                AddRow(_weights.Ngrams[i], NgramHash.Bucket(order, input.Token, input.Previous, input.BeforePrevious, buckets), x);
            }
        }
    }

    private void AddRow(EmbeddingTable table, int row, float* x) => _kernels.AddScaledBytes(
        table.Rows.Pointer + (long)row * _weights.Config.HiddenSize, table.Scales.Pointer[row], _weights.Config.HiddenSize, x);

    private void Attend(LayerWeights layer, int index, ReadOnlySpan<KeyValueCache[]> caches, int rowsEach)
    {
        int rows = caches.Length * rowsEach, queries = layer.Query.Outputs, keys = layer.Key.Outputs;
        NormalizeRows(0, rows);
        Project(layer.Query, rows, _queries.Pointer);
        Project(layer.Key, rows, _keys.Pointer);
        Project(layer.Value, rows, _values.Pointer);
        var attended = _wide.Pointer;   // [rows, heads · headSize]
        for (var s = 0; s < caches.Length; s++)
        {
            var row = (long)s * rowsEach;
            _attention.Run(caches[s][index], rowsEach, _queries.Pointer + row * queries,
                _keys.Pointer + row * keys, _values.Pointer + row * keys, attended + row * queries);
        }
        for (var r = 0; r < rows; r++)
            _scales.Pointer[r] = _kernels.Quantize(attended + (long)r * queries, queries, 127f, PackedMatrix.ActivationOffset,
                _bytes.Pointer + (long)r * queries);
        AddProduct(layer.Output, rows);
    }

    private void FeedForward(LayerWeights layer, int rows)
    {
        var m = layer.Up.Outputs;
        NormalizeRows(0, rows);
        layer.Up.Multiply(_bytes.Pointer, rows, _acc.Pointer, _set);
        for (var r = 0; r < rows; r++)
        {
            _scales.Pointer[r] = _kernels.QuantizeSquaredRelu(_acc.Pointer + (long)r * m, _scales.Pointer[r], layer.Up.Scales, m,
                _wide.Pointer, _bytes.Pointer + (long)r * m);
        }
        AddProduct(layer.Down, rows);
    }

    /// <summary>RMS norm of rows of the residual stream into quantised rows.</summary>
    private void NormalizeRows(int first, int count)
    {
        var d = _weights.Config.HiddenSize;
        for (var r = first; r < first + count; r++)
            _scales.Pointer[r] = _kernels.QuantizeNormalized(_x.Pointer + (long)r * d, d, _bytes.Pointer + (long)r * d);
    }

    /// <summary>y[r] = matrix · row r.</summary>
    private void Project(PackedMatrix matrix, int rows, float* y)
    {
        var n = matrix.Outputs;
        matrix.Multiply(_bytes.Pointer, rows, _acc.Pointer, _set);
        for (var r = 0; r < rows; r++)
            _kernels.Dequantize(_acc.Pointer + (long)r * n, _scales.Pointer[r], matrix.Scales, n, y + (long)r * n);
    }

    /// <summary>Residual stream += matrix · quantised rows.</summary>
    private void AddProduct(PackedMatrix matrix, int rows)
    {
        var d = matrix.Outputs;
        matrix.Multiply(_bytes.Pointer, rows, _acc.Pointer, _set);
        for (var r = 0; r < rows; r++)
            _kernels.DequantizeAdd(_acc.Pointer + (long)r * d, _scales.Pointer[r], matrix.Scales, d, _x.Pointer + (long)r * d);
    }
}

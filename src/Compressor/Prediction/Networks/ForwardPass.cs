using Compressor.Kernels;

namespace Compressor.Prediction.Networks;

/// <summary>
/// Runs rows of tokens through the transformer with integer products and exact elementwise steps (docs/exactness.md).
/// </summary>
/// <remarks>
/// A batch is S sequences of R consecutive rows each: encoding runs one sequence of many rows (all tokens are known),
/// decoding many sequences (the lanes) of one row. No step mixes rows but attention, which looks only at the row's own
/// sequence, and every sum is an integer sum, so a row's result is the same bits in any batch.
/// Not thread-safe: one instance a worker. Weights are shared.
/// </remarks>
internal sealed unsafe class ForwardPass
{
    /// <summary>Rows of logits computed at once: their 32-bit products stay in the second-level cache.</summary>
    public const int VocabularyTile = 16;

    private readonly TransformerWeights _weights;
    private readonly InstructionSet _set;
    private readonly RowKernels _kernels;
    private readonly int _maxRows;
    private readonly AttentionStep _attention;
    private readonly PinnedArray<float> _x;          // [rows, d] residual stream
    private readonly PinnedArray<byte> _bytes;       // [rows, widest] quantised input of the next product
    private readonly PinnedArray<float> _scales;     // [rows] scale of each quantised row
    private readonly PinnedArray<int> _acc;          // [rows, widest] products
    private readonly PinnedArray<float> _wide;       // [rows, widest] dequantised products
    private readonly PinnedArray<float> _queries;    // [rows, heads · headSize]
    private readonly PinnedArray<float> _keys;       // [rows, keyValueHeads · headSize]
    private readonly PinnedArray<float> _values;     // [rows, keyValueHeads · headSize]
    private readonly PinnedArray<float> _logits;     // [V] scratch of one row

    /// <param name="weights">The model.</param>
    /// <param name="maxRows">The most rows of a batch.</param>
    /// <param name="set">The instruction set to run.</param>
    public ForwardPass(TransformerWeights weights, int maxRows, InstructionSet set)
    {
        ModelConfig config = weights.Config;
        _weights = weights;
        _set = set;
        _kernels = RowKernels.For(set);
        _maxRows = maxRows;
        _attention = new AttentionStep(config, weights.Rotary, set, _kernels);
        int queries = config.Heads * config.HeadSize, keys = config.KeyValueHeads * config.HeadSize;
        int widest = Math.Max(Math.Max(config.IntermediateSize, config.HiddenSize), queries);
        _x = new PinnedArray<float>((long)maxRows * config.HiddenSize);
        _bytes = new PinnedArray<byte>((long)maxRows * widest);
        _scales = new PinnedArray<float>(maxRows);
        _acc = new PinnedArray<int>((long)maxRows * widest);
        _wide = new PinnedArray<float>((long)maxRows * widest);
        _queries = new PinnedArray<float>((long)maxRows * queries);
        _keys = new PinnedArray<float>((long)maxRows * keys);
        _values = new PinnedArray<float>((long)maxRows * keys);
        _logits = new PinnedArray<float>(config.VocabularySize);
    }

    /// <summary>One input token with the two before it.</summary>
    public readonly record struct Input(int Token, int Previous, int BeforePrevious);

    /// <summary>
    /// Runs a batch through every layer, appending to the caches. <see cref="VocabularyWeights"/> then gives the
    /// distributions.
    /// </summary>
    /// <param name="inputs">[sequences · rowsEach], sequence by sequence.</param>
    /// <param name="caches">[sequences][layers].</param>
    /// <param name="rowsEach">New rows of each sequence, at most <see cref="KeyValueCache.Slack"/>.</param>
    /// <param name="position">Position of the first new row in every sequence.</param>
    public void Run(ReadOnlySpan<Input> inputs, ReadOnlySpan<KeyValueCache[]> caches, int rowsEach, int position)
    {
        int rows = caches.Length * rowsEach;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, _maxRows);
        Embed(inputs);
        _attention.SetPositions(position, rowsEach);
        for (int layer = 0; layer < _weights.Layers.Length; layer++)
        {
            Attend(_weights.Layers[layer], layer, caches, rowsEach);
            FeedForward(_weights.Layers[layer], rows);
        }
    }

    /// <summary>
    /// Softmax weights round(2^bits · p / max p) of the next token for rows [first, first + count) of the last batch.
    /// </summary>
    /// <param name="first">First row.</param>
    /// <param name="count">At most <see cref="VocabularyTile"/>.</param>
    /// <param name="bits">See <see cref="TokenDistribution.WeightBits"/>.</param>
    /// <param name="weights">[count, V].</param>
    public void VocabularyWeights(int first, int count, int bits, int* weights)
    {
        int d = _weights.Config.HiddenSize, v = _weights.Config.VocabularySize;
        NormalizeRows(first, count);
        _weights.Head.Multiply(_bytes.Pointer + (long)first * d, count, weights, _set);
        for (int r = 0; r < count; r++)
            _kernels.VocabularyWeights(weights + (long)r * v, _scales.Pointer[first + r], _weights.Head.Scales, v, bits, _logits.Pointer);
    }

    private void Embed(ReadOnlySpan<Input> inputs)
    {
        int d = _weights.Config.HiddenSize, buckets = _weights.Config.NgramBuckets;
        for (int r = 0; r < inputs.Length; r++)
        {
            Input input = inputs[r];
            float* x = _x.Pointer + (long)r * d;
            new Span<float>(x, d).Clear();
            AddRow(_weights.Embedding, input.Token, x);
            for (int i = 0; i < _weights.Ngrams.Length; i++)
            {
                int order = ModelConfig.NgramOrders[i];
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
        float* attended = _wide.Pointer;   // [rows, heads · headSize]
        for (int s = 0; s < caches.Length; s++)
        {
            long row = (long)s * rowsEach;
            _attention.Run(caches[s][index], rowsEach, _queries.Pointer + row * queries,
                _keys.Pointer + row * keys, _values.Pointer + row * keys, attended + row * queries);
        }
        for (int r = 0; r < rows; r++)
            _scales.Pointer[r] = _kernels.Quantize(attended + (long)r * queries, queries, 127f, PackedMatrix.ActivationOffset,
                _bytes.Pointer + (long)r * queries);
        AddProduct(layer.Output, rows);
    }

    private void FeedForward(LayerWeights layer, int rows)
    {
        int m = layer.Up.Outputs;
        NormalizeRows(0, rows);
        layer.Up.Multiply(_bytes.Pointer, rows, _acc.Pointer, _set);
        for (int r = 0; r < rows; r++)
        {
            _scales.Pointer[r] = _kernels.QuantizeSquaredRelu(_acc.Pointer + (long)r * m, _scales.Pointer[r], layer.Up.Scales, m,
                _wide.Pointer, _bytes.Pointer + (long)r * m);
        }
        AddProduct(layer.Down, rows);
    }

    /// <summary>RMS norm of rows of the residual stream into quantised rows.</summary>
    private void NormalizeRows(int first, int count)
    {
        int d = _weights.Config.HiddenSize;
        for (int r = first; r < first + count; r++)
            _scales.Pointer[r] = _kernels.QuantizeNormalized(_x.Pointer + (long)r * d, d, _bytes.Pointer + (long)r * d);
    }

    /// <summary>y[r] = matrix · row r.</summary>
    private void Project(PackedMatrix matrix, int rows, float* y)
    {
        int n = matrix.Outputs;
        matrix.Multiply(_bytes.Pointer, rows, _acc.Pointer, _set);
        for (int r = 0; r < rows; r++)
            _kernels.Dequantize(_acc.Pointer + (long)r * n, _scales.Pointer[r], matrix.Scales, n, y + (long)r * n);
    }

    /// <summary>Residual stream += matrix · quantised rows.</summary>
    private void AddProduct(PackedMatrix matrix, int rows)
    {
        int d = matrix.Outputs;
        matrix.Multiply(_bytes.Pointer, rows, _acc.Pointer, _set);
        for (int r = 0; r < rows; r++)
            _kernels.DequantizeAdd(_acc.Pointer + (long)r * d, _scales.Pointer[r], matrix.Scales, d, _x.Pointer + (long)r * d);
    }
}

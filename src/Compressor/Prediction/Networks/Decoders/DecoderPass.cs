using Compressor.Kernels;

namespace Compressor.Prediction.Networks.Decoders;

/// <summary>Runs rows of tokens through a decoder with integer products and exact elementwise steps (docs/exactness.md).</summary>
/// <remarks>
/// A lane that has filled its context starts afresh: the start token, then its last <see cref="DecoderShape.Kept"/> tokens, which are run again. Where that happens depends
/// on positions alone, and no step but attention mixes rows, so a row's result is the same bits in batches of any shape.
/// </remarks>
internal sealed unsafe class DecoderPass : INetworkState
{
    private readonly DecoderWeights _weights;
    private readonly DecoderShape _shape;
    private readonly int[] _rankOf;
    private readonly int _start, _maxRows;
    private readonly InstructionSet _set;
    private readonly DigitKernels _digits;
    private readonly RowKernels _rowKernels;
    private readonly DigitAttention _attention;
    private readonly RotaryRotations? _rotations;
    private readonly DigitCache[][] _caches;          // [lanes][layers]
    private readonly int[][] _history;                // [lanes][Context]: what went in since the last start
    private readonly int[] _chunk;                    // [lanes · maxRows] tokens that run together
    private readonly PinnedArray<float> _x, _last, _wide, _second, _keys, _values, _rowScales, _logits;
    private readonly PinnedArray<byte> _bytes;
    private readonly PinnedArray<int> _scratch;
    private int _position;                            // of the next row, in every lane
    private bool _disposed;

    /// <param name="weights">The model.</param>
    /// <param name="rankOf">Ranks of tokens by id; −1 for those that never occur.</param>
    /// <param name="start">The id of the start token.</param>
    /// <param name="lanes">Sequences.</param>
    /// <param name="maxRows">The most rows of each in a batch.</param>
    /// <param name="set">The instruction set to run.</param>
    public DecoderPass(DecoderWeights weights, int[] rankOf, int start, int lanes, int maxRows, InstructionSet set)
    {
        (_weights, _shape, _rankOf, _start, _maxRows, _set) = (weights, weights.Shape, rankOf, start, maxRows, set);
        (_digits, _rowKernels) = (DigitKernels.For(set), RowKernels.For(set));
        _attention = new DigitAttention(_shape, set);
        _rotations = weights.Rotary is { } rotary ? new RotaryRotations(rotary, maxRows, _rowKernels) : null;
        _caches = new DigitCache[lanes][];
        _history = new int[lanes][];
        for (var lane = 0; lane < lanes; lane++)
        {
            _history[lane] = new int[_shape.Context];
            _caches[lane] = new DigitCache[_shape.Layers];
            for (var layer = 0; layer < _shape.Layers; layer++) _caches[lane][layer] = new DigitCache(_shape.Context, _shape.KeyValueHeads, _shape.PaddedHeadSize);
        }
        var rows = checked(lanes * maxRows);
        _chunk = new int[rows];
        int d = _shape.PaddedHiddenSize, queries = _shape.Heads * _shape.PaddedHeadSize, keys = _shape.KeyValueHeads * _shape.PaddedHeadSize;
        var widest = Math.Max(Math.Max(_shape.PaddedIntermediateSize, d), queries);
        (_x, _last) = (new((long)rows * d), new((long)rows * d));
        (_wide, _second) = (new((long)rows * widest), new((long)rows * widest));
        (_keys, _values) = (new((long)rows * keys), new((long)rows * keys));
        _rowScales = new(rows);
        _bytes = new(2L * rows * widest);
        _scratch = new(DigitMatrix.ScratchLength(rows));
        _logits = new((long)Math.Min(rows, DecoderNetwork.Tile) * weights.Head.PaddedOutputs);
    }

    /// <inheritdoc/>
    public void Run(ReadOnlySpan<int> tokens, int lanes)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        int rows = tokens.Length / lanes, d = _shape.PaddedHiddenSize;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, _maxRows);
        for (var done = 0; done < rows;)
        {
            if (_position == _shape.Context) StartAfresh(lanes);
            var count = Math.Min(rows - done, _shape.Context - _position);
            for (var lane = 0; lane < lanes; lane++) tokens.Slice(lane * rows + done, count).CopyTo(_chunk.AsSpan(lane * count));
            Forward(lanes, count);
            for (var lane = 0; lane < lanes; lane++)
                new Span<float>(_x.Pointer + (long)lane * count * d, count * d).CopyTo(new Span<float>(_last.Pointer + ((long)lane * rows + done) * d, count * d));
            done += count;
        }
        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public void VocabularyWeights(int first, int count, Span<int> weights)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        int d = _shape.PaddedHiddenSize, v = _weights.Vocabulary, length = _weights.Head.PaddedOutputs, bits = TokenDistribution.WeightBits;
        ArgumentOutOfRangeException.ThrowIfLessThan(weights.Length, count * length);
        fixed (int* all = weights)
        {
            for (var tile = 0; tile < count; tile += DecoderNetwork.Tile)
            {
                var rows = Math.Min(DecoderNetwork.Tile, count - tile);
                Normalize(_weights.FinalNorm, _last.Pointer + (long)(first + tile) * d, rows);
                _weights.Head.Multiply(_bytes.Pointer, _rowScales.Pointer, rows, null, _logits.Pointer, _scratch.Pointer, _digits, _set);
                for (var r = 0; r < rows; r++)
                {
                    var row = all + (long)(tile + r) * length;
                    _digits.SoftmaxWeights(_logits.Pointer + (long)r * length, length, bits, row);
                    new Span<int>(row + v, length - v).Clear();   // the padding repeats the last output: it changed no maximum
                }
            }
        }
        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public void Dispose() => _disposed = true;

    /// <summary>Runs the start token and the last tokens of every lane as a new context.</summary>
    private void StartAfresh(int lanes)
    {
        var kept = new int[lanes][];
        for (var lane = 0; lane < lanes; lane++) kept[lane] = [_start, .. _history[lane].AsSpan(_shape.Context - _shape.Kept)];
        _position = 0;
        for (var done = 0; done <= _shape.Kept;)
        {
            var count = Math.Min(_maxRows, _shape.Kept + 1 - done);
            for (var lane = 0; lane < lanes; lane++) kept[lane].AsSpan(done, count).CopyTo(_chunk.AsSpan(lane * count));
            Forward(lanes, count);
            done += count;
        }
    }

    /// <summary>Runs [lanes, count] tokens; their residual streams are left in x.</summary>
    private void Forward(int lanes, int count)
    {
        int d = _shape.PaddedHiddenSize, rows = lanes * count;
        for (var lane = 0; lane < lanes; lane++) _chunk.AsSpan(lane * count, count).CopyTo(_history[lane].AsSpan(_position));
        for (var r = 0; r < rows; r++) Embed(_chunk[r], _position + r % count, _x.Pointer + (long)r * d);
        _rotations?.Set(_position, count);
        for (var layer = 0; layer < _weights.Layers.Length; layer++)
        {
            Attend(_weights.Layers[layer], layer, lanes, count);
            FeedForward(_weights.Layers[layer], rows);
        }
        _position += count;
    }

    private void Embed(int token, int position, float* x)
    {
        var rank = (uint)token < (uint)_rankOf.Length ? _rankOf[token] : -1;
        ArgumentOutOfRangeException.ThrowIfNegative(rank, nameof(token));
        new Span<float>(x, _shape.PaddedHiddenSize).Clear();
        _weights.Embedding.AddRow(rank, x);
        if (_weights.Positions is { } positions) _digits.Add(x, positions.Pointer + (long)position * _shape.PaddedHiddenSize, _shape.PaddedHiddenSize);
    }

    private void Attend(DecoderLayer layer, int index, int lanes, int count)
    {
        int rows = lanes * count, size = _shape.PaddedHeadSize, queries = _shape.Heads * size, keys = _shape.KeyValueHeads * size;
        Normalize(layer.AttentionNorm, _x.Pointer, rows);
        Project(layer.Query, rows, _wide.Pointer);
        Project(layer.Key, rows, _keys.Pointer);
        Project(layer.Value, rows, _values.Pointer);
        for (var r = 0; r < rows; r++)
        {
            NormalizeHeads(layer.QueryNorm, _wide.Pointer + (long)r * queries, _shape.Heads);
            NormalizeHeads(layer.KeyNorm, _keys.Pointer + (long)r * keys, _shape.KeyValueHeads);
            if (_rotations is null) continue;
            float* cosines = _rotations.Cosines(r % count), sines = _rotations.Sines(r % count);
            _rowKernels.Rotate(_wide.Pointer + (long)r * queries, _shape.Heads, size / 2, cosines, sines);
            _rowKernels.Rotate(_keys.Pointer + (long)r * keys, _shape.KeyValueHeads, size / 2, cosines, sines);
        }
        for (var lane = 0; lane < lanes; lane++)
        {
            var row = (long)lane * count;
            _attention.Run(_caches[lane][index], _position, count, _wide.Pointer + row * queries,
                _keys.Pointer + row * keys, _values.Pointer + row * keys, _second.Pointer + row * queries);
        }
        Quantize(_second.Pointer, rows, queries);
        AddProduct(layer.Output, rows);
    }

    private void FeedForward(DecoderLayer layer, int rows)
    {
        var n = _shape.PaddedIntermediateSize;
        Normalize(layer.MlpNorm, _x.Pointer, rows);
        Project(layer.Up, rows, _wide.Pointer);
        if (layer.Gate is null)
        {
            _digits.Gelu(_wide.Pointer, rows * n);
            Quantize(_wide.Pointer, rows, n);
        }
        else
        {
            Project(layer.Gate, rows, _second.Pointer);
            _digits.GateBySilu(_second.Pointer, _wide.Pointer, rows * n);
            Quantize(_second.Pointer, rows, n);
        }
        AddProduct(layer.Down, rows);
    }

    /// <summary>Norm of rows of a residual stream into quantised rows.</summary>
    private void Normalize(Norm norm, float* x, int rows)
    {
        var d = _shape.PaddedHiddenSize;
        for (var r = 0; r < rows; r++)
        {
            _digits.Normalize(x + (long)r * d, d, _shape.HiddenSize, _shape.Epsilon, _shape.LayerNorm, norm.Gain.Pointer, PointerTo(norm.Bias), _second.Pointer);
            _rowScales.Pointer[r] = _digits.Quantize(_second.Pointer, d, _bytes.Pointer + 2L * r * d);
        }
    }

    private void NormalizeHeads(NativeData<float>? gain, float* x, int heads)
    {
        if (gain is null) return;
        for (var h = 0; h < heads; h++)
        {
            var head = x + (long)h * _shape.PaddedHeadSize;
            _digits.Normalize(head, _shape.PaddedHeadSize, _shape.HeadSize, _shape.Epsilon, false, gain.Pointer, null, head);
        }
    }

    private void Quantize(float* x, int rows, int n)
    {
        for (var r = 0; r < rows; r++) _rowScales.Pointer[r] = _digits.Quantize(x + (long)r * n, n, _bytes.Pointer + 2L * r * n);
    }

    private void Project(Linear linear, int rows, float* y) =>
        linear.Matrix.Multiply(_bytes.Pointer, _rowScales.Pointer, rows, PointerTo(linear.Bias), y, _scratch.Pointer, _digits, _set);

    /// <summary>Residual stream += linear · quantised rows.</summary>
    private void AddProduct(Linear linear, int rows)
    {
        Project(linear, rows, _wide.Pointer);
        _digits.Add(_x.Pointer, _wide.Pointer, rows * linear.Matrix.PaddedOutputs);
    }

    private static float* PointerTo(NativeData<float>? vector) => vector is null ? null : vector.Pointer;
}

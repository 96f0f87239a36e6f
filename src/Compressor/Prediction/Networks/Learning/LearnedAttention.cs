using Compressor.Kernels;

namespace Compressor.Prediction.Networks.Learning;

/// <summary>Causal attention over a sliding window, x += W_o · attend(norm(x)), forward and backward.</summary>
/// <remarks>
/// Keys and values from before the step in progress stay as they were computed, with the weights of their time, and get no gradient. Row r of a step is
/// position r / lanes of lane r % lanes.
/// </remarks>
internal sealed unsafe class LearnedAttention
{
    private readonly int _d, _heads, _groups, _size, _queries, _keys, _lanes, _span;
    private readonly float _scale;
    private readonly LearnedCache[] _caches;       // [lanes]
    private readonly PinnedArray<float> _norm;     // [rows, d] normalised input
    private readonly PinnedArray<float> _factors;  // [rows] of the norm
    private readonly PinnedArray<float> _q;        // [rows, heads · size] rotated, · 1/√size
    private readonly PinnedArray<float> _k, _v;    // [rows, groups · size] of the rows being run
    private readonly PinnedArray<float> _p;        // [rows, heads, span] attention weights
    private readonly PinnedArray<float> _o;        // [rows, heads · size] attended
    private readonly PinnedArray<float> _dq, _dk, _dv, _do, _dp;

    /// <param name="d">Width of the residual stream.</param>
    /// <param name="shape">Heads and window.</param>
    /// <param name="lanes">Lanes.</param>
    /// <param name="steps">Positions of each lane in a step.</param>
    public LearnedAttention(int d, AttentionShape shape, int lanes, int steps)
    {
        var rows = lanes * steps;
        (_d, _heads, _groups, _size, _lanes) = (d, shape.Heads, shape.KeyValueHeads, shape.HeadSize, lanes);
        (_queries, _keys, _span) = (_heads * _size, _groups * _size, shape.Window + FloatKernels.PartialSums);
        _scale = 1f / MathF.Sqrt(_size);
        Query = new LearnedMatrix(_queries, d);
        Key = new LearnedMatrix(_keys, d);
        Value = new LearnedMatrix(_keys, d);
        Output = new LearnedMatrix(d, _queries);
        _caches = [.. Enumerable.Range(0, lanes).Select(_ => new LearnedCache(shape, steps))];
        _norm = new PinnedArray<float>((long)rows * d);
        _factors = new PinnedArray<float>(rows);
        _q = new PinnedArray<float>((long)rows * _queries);
        _k = new PinnedArray<float>((long)rows * _keys);
        _v = new PinnedArray<float>((long)rows * _keys);
        _p = new PinnedArray<float>((long)rows * _heads * _span);
        _o = new PinnedArray<float>((long)rows * _queries);
        _dq = new PinnedArray<float>((long)rows * _queries);
        _dk = new PinnedArray<float>((long)rows * _keys);
        _dv = new PinnedArray<float>((long)rows * _keys);
        _do = new PinnedArray<float>((long)rows * _queries);
        _dp = new PinnedArray<float>((long)_heads * _span);
    }

    /// <summary>[d, heads · size].</summary>
    public LearnedMatrix Query { get; }

    /// <summary>[d, groups · size].</summary>
    public LearnedMatrix Key { get; }

    /// <summary>[d, groups · size].</summary>
    public LearnedMatrix Value { get; }

    /// <summary>[heads · size, d].</summary>
    public LearnedMatrix Output { get; }

    /// <summary>Starts a step.</summary>
    public void Begin()
    {
        foreach (var cache in _caches)
            cache.Begin();
    }

    /// <summary>x += f(x) for rows [first, first + count); every row before was run.</summary>
    /// <param name="x">[rows, d] residual stream.</param>
    /// <param name="scratch">[count, d].</param>
    /// <param name="first">First row, of lane 0.</param>
    /// <param name="count">Rows.</param>
    /// <param name="rotations">Of the positions of the step.</param>
    /// <param name="work">Does the products.</param>
    public void Forward(float* x, float* scratch, int first, int count, RotaryRotations rotations, LearningWork work)
    {
        var kernels = work.Kernels;
        x += (long)first * _d;
        float* norm = _norm.Pointer + ((long)first * _d), q = _q.Pointer + ((long)first * _queries), o = _o.Pointer + ((long)first * _queries);
        for (var r = 0; r < count; r++)
            _factors.Pointer[first + r] = kernels.Normalize(x + ((long)r * _d), norm + ((long)r * _d), _d);
        Query.Forward(norm, q, count, work);
        Key.Forward(norm, _k.Pointer, count, work);
        Value.Forward(norm, _v.Pointer, count, work);
        kernels.Scale(q, _scale, q, count * _queries);
        for (var r = 0; r < count; r++)
        {
            var (step, lane) = ((first + r) / _lanes, (first + r) % _lanes);
            float* query = q + ((long)r * _queries), key = _k.Pointer + ((long)r * _keys);
            rotations.Turn(query, _heads, step);
            rotations.Turn(key, _groups, step);
            _caches[lane].Put(step, key, _v.Pointer + ((long)r * _keys));
            Attend(_caches[lane], step, query, _p.Pointer + ((long)(first + r) * _heads * _span), o + ((long)r * _queries), kernels);
        }

        Output.Forward(o, scratch, count, work);
        kernels.AddScaled(x, scratch, 1f, count * _d);
        GC.KeepAlive(this);
    }

    /// <summary>dx += (∂f/∂x)ᵀ · dx, and the steps of the matrices.</summary>
    /// <param name="dx">[rows, d] gradient of the residual stream.</param>
    /// <param name="dNorm">[rows, d] scratch.</param>
    /// <param name="rows">All rows of the step.</param>
    /// <param name="rotations">Of the positions of the step.</param>
    /// <param name="rate">Of the steps.</param>
    /// <param name="work">Does the products.</param>
    public void Backward(float* dx, float* dNorm, int rows, RotaryRotations rotations, float rate, LearningWork work)
    {
        var kernels = work.Kernels;
        Output.Backward(_o.Pointer, dx, _do.Pointer, add: false, rows, rate, work);
        _dk.Span[..(rows * _keys)].Clear();
        _dv.Span[..(rows * _keys)].Clear();
        for (var r = 0; r < rows; r++)
        {
            var (step, lane) = (r / _lanes, r % _lanes);
            var query = (long)r * _queries;
            AttendBackward(_caches[lane], step, lane, _p.Pointer + ((long)r * _heads * _span), _q.Pointer + query, _do.Pointer + query, _dq.Pointer + query, kernels);
        }

        for (var r = 0; r < rows; r++)
        {
            rotations.TurnBack(_dq.Pointer + ((long)r * _queries), _heads, r / _lanes);
            rotations.TurnBack(_dk.Pointer + ((long)r * _keys), _groups, r / _lanes);
        }

        kernels.Scale(_dq.Pointer, _scale, _dq.Pointer, rows * _queries);
        Query.Backward(_norm.Pointer, _dq.Pointer, dNorm, add: false, rows, rate, work);
        Key.Backward(_norm.Pointer, _dk.Pointer, dNorm, add: true, rows, rate, work);
        Value.Backward(_norm.Pointer, _dv.Pointer, dNorm, add: true, rows, rate, work);
        for (var r = 0; r < rows; r++)
            kernels.NormalizeBackward(dNorm + ((long)r * _d), _norm.Pointer + ((long)r * _d), _factors.Pointer[r], dx + ((long)r * _d), _d);
        GC.KeepAlive(this);
    }

    /// <summary>o = Σ_j softmax_j(q · k_j) · v_j for each head.</summary>
    private void Attend(LearnedCache cache, int step, float* q, float* p, float* o, FloatKernels kernels)
    {
        var (from, count) = cache.Seen(step);
        int padded = LearnedCache.Pad(count), shared = _heads / _groups;
        for (var g = 0; g < _groups; g++)
        {
            float* qs = q + (g * shared * _size), ps = p + ((long)g * shared * _span);
            kernels.Product(qs, _size, 1, cache.TurnedKeys(g) + from, cache.Capacity, ps, _span, shared, _size, padded, accumulate: false);
            for (var h = 0; h < shared; h++)
                kernels.Softmax(ps + ((long)h * _span), count, padded);
            kernels.Product(ps, _span, 1, cache.Values(g, from), _size, o + (g * shared * _size), _size, shared, count, _size, accumulate: false);
        }
    }

    /// <summary>
    /// Backward of <see cref="Attend"/>: dp = do · vᵀ, ds = p · (dp − Σ dp · p), dq = ds · k; and, for the positions of this step alone,
    /// dk += dsᵀ · q and dv += pᵀ · do.
    /// </summary>
    private void AttendBackward(LearnedCache cache, int step, int lane, float* p, float* q, float* dO, float* dq, FloatKernels kernels)
    {
        var (from, count) = cache.Seen(step);
        int padded = LearnedCache.Pad(count), shared = _heads / _groups;

        // The positions of this step come last: recent of them, the first being this lane's row number oldest.
        int recent = Math.Min(step + 1, count), oldest = step + 1 - recent, firstRecent = count - recent;
        for (var g = 0; g < _groups; g++)
        {
            var head = g * shared * _size;
            float* ps = p + ((long)g * shared * _span), dp = _dp.Pointer;
            kernels.Product(dO + head, _size, 1, cache.TurnedValues(g) + from, cache.Capacity, dp, _span, shared, _size, padded, accumulate: false);
            for (var h = 0; h < shared; h++)
                kernels.SoftmaxBackward(ps + ((long)h * _span), dp + ((long)h * _span), padded);
            kernels.Product(dp, _span, 1, cache.Keys(g, from), _size, dq + head, _size, shared, count, _size, accumulate: false);
            var at = ((long)((oldest * _lanes) + lane) * _keys) + (g * _size);
            kernels.Product(dp + firstRecent, 1, _span, q + head, _size, _dk.Pointer + at, _lanes * _keys, recent, shared, _size, accumulate: true);
            kernels.Product(ps + firstRecent, 1, _span, dO + head, _size, _dv.Pointer + at, _lanes * _keys, recent, shared, _size, accumulate: true);
        }
    }
}

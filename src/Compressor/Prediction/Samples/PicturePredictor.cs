using Compressor.Prediction.Mixing;

namespace Compressor.Prediction.Samples;

/// <summary>
/// What the pixels above and before, and the planes of this pixel that are known, say of the next sample of a picture. Least squares over what is near in the rows above
/// and before it in its own row, and over what came last, simple predictors, and their blend by how well each did near here.
/// </summary>
internal sealed unsafe class PicturePredictor : SamplePredictor
{
    private const int Predictors = 4, Near = 0, Recent = 1, Plain = 2, Above = 3, Blend = 4;
    private const int TileWidth = 8, Reach = 3, RecentPeriod = 8;

    private const int Features = 24;

    private readonly LeastSquares _squares = new(Features);
    private readonly int _channels, _row, _top, _tiles;
    private readonly int _mask;
    private readonly ZeroedArray<int> _values;            // [mask + 1] the last samples
    private readonly ZeroedArray<int> _errors;            // [Predictors + 1, mask + 1] how far off each was, in 1/64; of the blend with its sign
    private readonly ZeroedArray<double> _near;            // [channels, tiles, _squares.Length]
    private readonly ZeroedArray<double> _recent;          // [channels, _squares.Length]
    private readonly ZeroedArray<double> _sums = new(Features * (Features + 4));
    private readonly ZeroedArray<double> _weights;         // [channels, 2, Row]
    private readonly ZeroedArray<double> _features = new(Features + 4);
    private readonly ZeroedArray<int> _biases = new(SmallContextSize * 16);
    private readonly RecallTable _recall;
    private readonly int[] _count;
    private int _time, _column, _plane, _pattern, _bias, _energy;
    private double _base;

    /// <param name="layout">Of the samples.</param>
    public PicturePredictor(SampleLayout layout) : base(7, 8, 3)
    {
        _channels = layout.Channels;
        _row = layout.RowLength;
        _top = layout.Range - 1;
        _column = layout.FirstColumn;
        _mask = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)(4 * _row + 64)) - 1;
        _tiles = _row / (TileWidth * _channels) + 1 + 2 * Reach;
        _values = new ZeroedArray<int>(_mask + 1);
        _errors = new ZeroedArray<int>((Predictors + 1) * (_mask + 1L));
        _near = new ZeroedArray<double>((long)_channels * _tiles * _squares.Length);
        _recent = new ZeroedArray<double>(_channels * _squares.Length);
        _weights = new ZeroedArray<double>(_channels * 2 * _squares.Row);
        _count = new int[_channels];
        _recall = new RecallTable(3, 16);
    }

    public override void Predict()
    {
        _plane = _column % _channels;
        FindFeatures();
        Fit();
        var weights = _weights.Pointer + _plane * 2 * _squares.Row;
        Means[1] = ToUnits(_base + _squares.Predict(weights, _features.Pointer));
        Means[2] = ToUnits(_base + _squares.Predict(weights + _squares.Row, _features.Pointer));
        int w = At(_channels), n = At(_row), nw = At(_row + _channels), ne = At(_row - _channels), nn = At(2 * _row);
        if (_plane == 0)
        {
            Means[3] = Median(w, n, nw) << UnitBits;
            Means[4] = Math.Clamp((2 * n - nn + w + ne - n << UnitBits) / 2, 0, _top << UnitBits);
        }
        else
        {
            int p = At(1), pw = At(_channels + 1), pn = At(_row + 1), pnw = At(_row + _channels + 1);
            Means[3] = Math.Clamp(p + Median(w - pw, n - pn, nw - pnw), 0, _top) << UnitBits;
            Means[4] = Math.Clamp((2 * p + w - pw + n - pn << UnitBits) / 2, 0, _top << UnitBits);
        }
        BlendForecasts();
    }

    public override void ChooseContexts(int step)
    {
        int best = Means[0], k = Math.Min(step, 7);
        int rw = Error(Blend, _channels), rn = Error(Blend, _row), p1 = _plane > 0 ? Error(Blend, 1) : 0, p2 = _plane > 1 ? Error(Blend, 2) : 0;
        int nw = Error(Blend, _row + _channels), ne = Error(Blend, _row - _channels), plane = Math.Min(_plane, 3);
        int one = Sign7(p1, k), two = Sign7(p2, k);
        Contexts[0] = Math.Min(_energy, 63) << 2 | plane;
        Contexts[1] = (k * 7 + Sign7(rw, k)) * 7 + Sign7(rn, k);
        Contexts[2] = ((k * 7 + one) * 7 + two) << 1 | (plane > 0 ? 1 : 0);
        Contexts[3] = (k << 3 | best >> 3 & 7) << 2 | plane;
        Contexts[4] = (k * 7 + Sign7(Means[1] - Means[2], k)) * 7 + Sign7(Means[3] - best, k);
        Contexts[5] = (_pattern & 63) << 3 | k;
        var value = best >> UnitBits;
        Contexts[6] = (_top > 255 ? value >> Math.Max(0, 31 - System.Numerics.BitOperations.LeadingZeroCount((uint)_top) - 7) : value) << 2 | plane;
        Contexts[7] = (k * 7 + Sign7(nw + ne, k + 1)) * 7 + Sign7(rn + rw + p1, k + 1);
        Activity = Math.Min(_energy >> 1, 15) << 2 | plane;
        Surroundings = one * 7 + two;
        int w = At(_channels), n = At(_row), a = At(1), b = At(2);
        var center = (uint)(_plane > 0 ? a : 0);
        _recall.Find(0, ((uint)w * 0x9E3779B1u + (uint)n) * 0x85EBCA6Bu + (uint)At(_row - _channels) * 0xC2B2AE35u + (uint)At(_row + _channels) * 0x27D4EB2Fu + center * 0x165667B1u + (uint)_plane);
        _recall.Find(1, (((uint)w * 0x9E3779B1u + (uint)At(2 * _channels)) * 0x85EBCA6Bu + (uint)a) * 0xC2B2AE35u + (uint)b * 0x27D4EB2Fu + (uint)At(3 * _channels) * 0x165667B1u + (uint)_plane);
        _recall.Find(2, ((uint)n * 0x9E3779B1u + (uint)At(2 * _row)) * 0x85EBCA6Bu + (uint)At(_row - _channels) * 0xC2B2AE35u + center * 0x27D4EB2Fu + (uint)At(_row + 1) + (uint)_plane);
        for (var i = 0; i < 3; i++) (RecalledValues[i], RecallConfidence[i]) = _recall[i];
    }

    public override void Update(int value)
    {
        _recall.Update(value);
        var x = _features.Pointer;
        x[_squares.Features] = value - _base;
        var weight = 1 / (1 + Guesses[0] * (1.0 / 256));
        _squares.Add(_near.Pointer + TileOf(_column / (_channels * TileWidth)), x, weight);
        _squares.Add(_recent.Pointer + _plane * _squares.Length, x, weight);
        var at = _time & _mask;
        var units = value << UnitBits;
        for (var i = 0; i < Predictors; i++) _errors.Pointer[i * (_mask + 1L) + at] = Math.Abs(units - Means[1 + i]);
        _errors.Pointer[Blend * (_mask + 1L) + at] = units - Means[0];
        var bias = _biases.Pointer + _bias;
        *bias += (units - Means[6]) * 16 - *bias >> 5;
        _values.Pointer[at] = value;
        _time++;
        if (++_column == _row) _column = 0;
    }

    public override void Dispose()
    {
        base.Dispose();
        _values.Dispose();
        _errors.Dispose();
        _near.Dispose();
        _recent.Dispose();
        _sums.Dispose();
        _weights.Dispose();
        _features.Dispose();
        _biases.Dispose();
        _recall.Dispose();
    }

    private int At(int back) => _values.Pointer[_time - back & _mask];

    private int Error(int predictor, int back) => _errors.Pointer[predictor * (_mask + 1L) + (_time - back & _mask)];

    private long TileOf(int tile) => ((long)_plane * _tiles + tile + Reach) * _squares.Length;

    private int ToUnits(double value)
    {
        value *= 1 << UnitBits;
        if (!(value > 0)) return 0;
        return value < (double)_top * (1 << UnitBits) ? (int)value : _top << UnitBits;
    }

    private static int Median(int w, int n, int nw) => nw >= Math.Max(w, n) ? Math.Min(w, n) : nw <= Math.Min(w, n) ? Math.Max(w, n) : w + n - nw;

    /// <summary>Differences to the mean of what is left and above, in this plane and in the others.</summary>
    private void FindFeatures()
    {
        var x = _features.Pointer;
        int c = _channels, r = _row, count = 0;
        double w = At(c), n = At(r), mean = (w + n) * 0.5;
        _base = mean;
        x[count++] = w - n;
        x[count++] = At(r + c) - mean;
        x[count++] = At(r - c) - mean;
        x[count++] = At(2 * c) - mean;
        x[count++] = At(2 * r) - mean;
        x[count++] = At(2 * r - c) - mean;
        x[count++] = At(2 * r + c) - mean;
        x[count++] = At(r - 2 * c) - mean;
        x[count++] = At(r + 2 * c) - mean;
        for (var back = 1; back <= Math.Min(2, _plane); back++)
        {
            double pw = At(c + back), pn = At(r + back), other = (pw + pn) * 0.5;
            x[count++] = At(back) - other;
            x[count++] = pw - pn;
            x[count++] = At(r + c + back) - other;
            x[count++] = At(r - c + back) - other;
            x[count++] = At(2 * r + back) - other;
            if (back == 1) x[count++] = At(2 * c + back) - other;
        }
        for (var ahead = 1; ahead <= Math.Min(2 - _plane, c - 1 - _plane); ahead++)
        {
            double fw = At(c - ahead), fn = At(r - ahead), other = (fw + fn) * 0.5;
            x[count++] = fw - fn;
            x[count++] = At(r + c - ahead) - other;
            x[count++] = At(r - c - ahead) - other;
        }
        if (count < 24) x[count++] = At(3 * c) - mean;
        if (count < 24) x[count++] = At(3 * r) - mean;
        if (count < 24) x[count++] = At(2 * r - 2 * c) - mean;
        if (count < 24) x[count++] = At(2 * r + 2 * c) - mean;
        if (count < 24) x[count++] = At(r - 3 * c) - mean;
        if (count < 24) x[count++] = At(r + 3 * c) - mean;
        while (count < _squares.Row) x[count++] = 0;
    }

    /// <summary>Finds new weights where it is time for it.</summary>
    private void Fit()
    {
        var weights = _weights.Pointer + _plane * 2 * _squares.Row;
        var sums = _sums.Pointer;
        if (_column / _channels % TileWidth == 0)
        {
            var tile = _column / (_channels * TileWidth);
            _squares.Scale(_near.Pointer + TileOf(tile), 0.8);
            _sums.Span.Clear();
            for (var d = -Reach; d <= Reach; d++) _squares.AddScaled(sums, _near.Pointer + TileOf(tile + d), 1.0 / (1 + Math.Abs(d)));
            _squares.Solve(sums, 2, 0.0005, weights);
        }
        if (_count[_plane]++ % RecentPeriod == 0)
        {
            var recent = _recent.Pointer + _plane * _squares.Length;
            _squares.Scale(recent, 0.98);
            new ReadOnlySpan<double>(recent, _squares.Length).CopyTo(_sums.Span);
            _squares.Solve(sums, 2, 0.0005, weights + _squares.Row);
        }
    }

    /// <summary>The mean of the predictors, each by the square of how well it did near here, and what that was off in like places.</summary>
    private void BlendForecasts()
    {
        double sum = 0, all = 0;
        int c = _channels, r = _row, least = int.MaxValue;
        for (var i = 0; i < Predictors; i++)
        {
            var off = 2 * Error(i, c) + 2 * Error(i, r) + Error(i, r + c) + Error(i, r - c) + Error(i, 2 * c) + Error(i, 2 * r);
            least = Math.Min(least, off);
            var deviation = off * (1.0 / 8) + 6;
            Guesses[1 + i] = off / 8 + 8;
            DeviationContexts[1 + i] = Math.Min(Level(off / 16), 63) << 2 | Math.Min(_plane, 3);
            var share = 1 / (deviation * deviation * deviation);
            sum += share * Means[1 + i];
            all += share;
        }
        var blend = (int)(sum / all);
        var e = Math.Abs(Error(Blend, c)) * 2 + Math.Abs(Error(Blend, r)) * 2 + Math.Abs(Error(Blend, r + c)) + Math.Abs(Error(Blend, r - c))
            + Math.Abs(Error(Blend, 2 * c)) + Math.Abs(Error(Blend, 2 * r));
        int p = _plane > 0 ? Math.Abs(Error(Blend, 1)) : 0, p2 = _plane > 1 ? Math.Abs(Error(Blend, 2)) : 0;
        _energy = Level((_plane > 0 ? e + 3 * p + p2 : e) / 32);
        var at = blend >> UnitBits;
        _pattern = (At(c) > at ? 1 : 0) | (At(r) > at ? 2 : 0) | (At(r + c) > at ? 4 : 0) | (At(r - c) > at ? 8 : 0) | (At(2 * c) > at ? 16 : 0) | (At(2 * r) > at ? 32 : 0);
        _bias = (Math.Min(_energy >> 2, 7) << 6 | _pattern) << 2 | Math.Min(_plane, 3);
        Means[6] = blend;
        Means[0] = Math.Clamp(blend + (_biases.Pointer[_bias] >> 4), 0, _top << UnitBits);
        Means[5] = Means[0];
        Guesses[0] = Guesses[5] = Guesses[6] = e / 8 + 8;
        DeviationContexts[0] = Math.Min(_energy, 63) << 2 | Math.Min(_plane, 3);
        DeviationContexts[5] = Math.Min(Level(p / 16), 15) << 4 | Math.Min(_energy >> 1, 15);
        var gradient = Math.Abs(At(c) - At(r + c)) + Math.Abs(At(r) - At(r + c)) + Math.Abs(At(r) - At(r - c));
        DeviationContexts[6] = Math.Min(Level(gradient), 31) << 3 | Math.Min(_energy >> 2, 7);
    }
}

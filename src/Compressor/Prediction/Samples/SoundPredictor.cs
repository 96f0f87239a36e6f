using Compressor.Prediction.Mixing;

namespace Compressor.Prediction.Samples;

/// <summary>
/// What the last samples of all channels, and those of this moment that are known, say of the next sample of a sound: least squares, then a cascade of adaptive filters of
/// which each predicts what the one before left over, as in the coders of the Monkey's Audio and OptimFROG family.
/// </summary>
internal sealed unsafe class SoundPredictor : SamplePredictor
{
    private const int Features = 32, FitPeriod = 8;
    private const int Stages = 4;   // least squares and after each filter

    private static readonly (int Length, float Rate)[] Filters = [(256, 0.002f), (32, 0.004f), (16, 0.008f)];

    private readonly LeastSquares _squares = new(Features);
    private readonly int _channels, _top, _mask;
    private readonly double _middle;
    private readonly ZeroedArray<int> _values;          // [mask + 1] the last samples
    private readonly ZeroedArray<double> _sums, _weights, _scratch, _features;   // [channels, Length], [channels, Row], [Length], [Row]
    private readonly AdaptiveFilter[] _filters;         // [channels · 3]
    private readonly ZeroedArray<double> _stages = new(Stages);
    private readonly Channel[] _state;                  // [channels]
    private readonly RecallTable _recall = new(2, 16);
    private int _time, _channel;

    /// <param name="layout">Of the samples.</param>
    public SoundPredictor(SampleLayout layout) : base(7, 8, 2)
    {
        _channels = layout.Channels;
        _top = layout.Range - 1;
        _middle = layout.Range / 2;
        _channel = layout.FirstColumn;
        _mask = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)(Features + 4) * (uint)_channels) - 1;
        _values = new ZeroedArray<int>(_mask + 1);
        _values.Span.Fill(layout.Range / 2);
        _sums = new ZeroedArray<double>((long)_channels * _squares.Length);
        _weights = new ZeroedArray<double>((long)_channels * _squares.Row);
        _scratch = new ZeroedArray<double>(_squares.Length);
        _features = new ZeroedArray<double>(_squares.Row);
        _filters = [.. Enumerable.Range(0, _channels).SelectMany(_ => Filters.Select(filter => new AdaptiveFilter(filter.Length, filter.Rate)))];
        _state = [.. Enumerable.Range(0, _channels).Select(_ => new Channel())];
    }

    public override void Predict()
    {
        FindFeatures();
        var state = _state[_channel];
        var weights = _weights.Pointer + _channel * _squares.Row;
        if (state.Count++ % FitPeriod == 0)
        {
            var sums = _sums.Pointer + _channel * _squares.Length;
            _squares.Scale(sums, 0.986);
            new ReadOnlySpan<double>(sums, _squares.Length).CopyTo(_scratch.Span);
            _squares.Solve(_scratch.Pointer, 1, 1e-6, weights);
        }
        var stage = _squares.Predict(weights, _features.Pointer);
        for (var i = 0; ; i++)
        {
            if (!(stage > -_middle)) stage = -_middle;
            if (!(stage < _middle)) stage = _middle;
            _stages.Pointer[i] = stage;
            if (i == Stages - 1) break;
            stage += _filters[_channel * Filters.Length + i].Predict();
        }
        Weigh(state);
    }

    public override void ChooseContexts(int step)
    {
        var state = _state[_channel];
        var other = _state[_channel == 0 ? _channels - 1 : _channel - 1];
        int k = Math.Min(step, 15), best = Means[0], aside = other == state ? state.Error2 : other.Error, fast = Math.Min(state.Fast, 63), slow = Math.Min(state.Slow, 63);
        Contexts[0] = fast << 2 | Math.Min(_channel, 3);
        Contexts[1] = (Sign7(state.Error, k) * 7 + Sign7(state.Error2, k)) * 7 + Sign7(aside, k);
        Contexts[2] = slow << 3 | Sign7(aside, k);
        Contexts[3] = k << 4 | best >> 2 & 15;
        Contexts[4] = (Sign7(Means[1] - best, k) * 7 + Sign7(Means[2] - best, k)) * 7 + Sign7(Means[3] - best, k);
        Contexts[5] = Math.Min(Level(Math.Abs(state.Error) + Math.Abs(state.Error2) >> 3), 63) << 4 | k;
        Contexts[6] = _top == 255 ? best >> UnitBits : (best >> UnitBits) & 255 | Math.Min(k, 3) << 8;
        Contexts[7] = (_top == 255 ? At(_channels) : At(_channels) & 255) | (k > 1 ? 256 : 0);
        Activity = Math.Min(fast, 63);
        Surroundings = Math.Min(Sign7(aside, k) * 7 + Sign7(state.Error, k), 63);
        _recall.Find(0, ((uint)At(_channels) * 0x9E3779B1u + (uint)At(2 * _channels)) * 0x85EBCA6Bu + (uint)At(3 * _channels) * 0xC2B2AE35u + (uint)_channel);
        _recall.Find(1, ((uint)At(1) * 0x9E3779B1u + (uint)At(_channels)) * 0x85EBCA6Bu + (uint)At(2) * 0xC2B2AE35u + (uint)_channel);
        for (var i = 0; i < 2; i++) (RecalledValues[i], RecallConfidence[i]) = _recall[i];
    }

    public override void Update(int value)
    {
        _recall.Update(value);
        var state = _state[_channel];
        var signed = value - _middle;
        var x = _features.Pointer;
        x[Features] = signed;
        _squares.Add(_sums.Pointer + _channel * _squares.Length, x, 1);
        for (var i = 0; i < Filters.Length; i++) _filters[_channel * Filters.Length + i].Update((float)(signed - _stages.Pointer[i]));
        var units = value << UnitBits;
        for (var i = 0; i < Stages; i++) state.Distances[i] += (Math.Abs(units - Means[1 + i]) - state.Distances[i]) * (1.0 / 32);
        state.Bias += (units - Means[6] - state.Bias) * (1.0 / 256);
        var error = units - Means[0];
        state.Error2 = state.Error;
        state.Error = error;
        var size = (long)Math.Abs(error) << 4;
        state.FastMean += (size - state.FastMean) / 8;
        state.SlowMean += (size - state.SlowMean) / 64;
        state.Fast = Level((int)(state.FastMean >> 7));
        state.Slow = Level((int)(state.SlowMean >> 7));
        _values.Pointer[_time++ & _mask] = value;
        if (++_channel == _channels) _channel = 0;
    }

    public override void Dispose()
    {
        base.Dispose();
        _values.Dispose();
        _sums.Dispose();
        _weights.Dispose();
        _scratch.Dispose();
        _features.Dispose();
        _stages.Dispose();
        _recall.Dispose();
        foreach (var filter in _filters) filter.Dispose();
    }

    private int At(int back) => _values.Pointer[_time - back & _mask];

    private int ToUnits(double value)
    {
        value = (value + _middle) * (1 << UnitBits);
        if (!(value > 0)) return 0;
        return value < (double)_top * (1 << UnitBits) ? (int)value : _top << UnitBits;
    }

    /// <summary>Of one channel the last 32 samples; else 16 of its own and 16 of the channel before it, of this moment if they are known.</summary>
    private void FindFeatures()
    {
        var x = _features.Pointer;
        var own = _channels == 1 ? Features : 20;
        for (var i = 0; i < own; i++) x[i] = At((i + 1) * _channels) - _middle;
        for (var i = own; i < Features; i++) x[i] = At(1 + (i - own) * _channels) - _middle;
    }

    /// <summary>The stages, and their mean by how well each did lately.</summary>
    private void Weigh(Channel state)
    {
        double sum = 0, all = 0;
        for (var i = 0; i < Stages; i++)
        {
            Means[1 + i] = ToUnits(_stages.Pointer[i]);
            var deviation = state.Distances[i] + 4;
            var share = 1 / (deviation * deviation * deviation * deviation);
            sum += share * Means[1 + i];
            all += share;
            Guesses[1 + i] = (int)state.Distances[i] + 8;
            DeviationContexts[1 + i] = Math.Min(i % 2 == 0 ? state.Fast : state.Slow, 63) << 2 | Math.Min(_channel, 3);
        }
        Means[6] = (int)(sum / all);
        Means[0] = Means[5] = Math.Clamp(Means[6] + (int)state.Bias, 0, _top << UnitBits);
        Guesses[0] = Guesses[5] = Guesses[6] = Guesses[4];
        var other = _state[_channel == 0 ? _channels - 1 : _channel - 1];
        DeviationContexts[0] = Math.Min(state.Fast, 63) << 2 | Math.Min(Math.Max(0, state.Slow - state.Fast + 2), 3);
        DeviationContexts[5] = Math.Min(Level(Math.Abs(other.Error) >> 3) / 2, 15) << 4 | Math.Min(state.Fast / 4, 15);
        DeviationContexts[6] = Math.Min(Level(Math.Abs(state.Error) + Math.Abs(state.Error2) >> 4) / 2, 15) << 4 | Math.Min(state.Slow / 4, 15);
    }

    /// <summary>What is remembered of a channel.</summary>
    private sealed class Channel
    {
        /// <summary>[Stages] how far off each was lately, in units of 1/64.</summary>
        public double[] Distances { get; } = new double[Stages];

        public double Bias { get; set; }

        public int Count { get; set; }

        /// <summary>How far off the best forecast was, and the one before.</summary>
        public int Error { get; set; }

        public int Error2 { get; set; }

        public long FastMean { get; set; }

        public long SlowMean { get; set; }

        public int Fast { get; set; }

        public int Slow { get; set; }
    }
}

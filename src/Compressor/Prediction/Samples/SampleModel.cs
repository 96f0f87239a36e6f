using Compressor.Prediction.Mixing;

namespace Compressor.Prediction.Samples;

/// <summary>
/// Predicts samples as a search for their value: is it at or above this point, or below? The points lie around the best forecast, in steps that double away from it, and
/// then halve what is left. Each forecast says how a logistic distribution around it divides there, each context how values divided there before, each
/// recalled value on which side it is; a mixer of two layers and two APMs make one probability of them (docs/media.md).
/// </summary>
/// <remarks>Use: <see cref="Begin"/>; while there is no <see cref="Value"/>, <see cref="Predict"/> and <see cref="Update"/>; <see cref="End"/>.</remarks>
internal sealed unsafe class SampleModel : IDisposable
{
    private const int Nodes = 256, ContextLimit = 255, RecallLimit = 255, DeviationLimit = 40;
    private const int Rate = 60, FinalRate = 24, UnitBits = SamplePredictor.UnitBits;

    private readonly SamplePredictor _predictor;
    private readonly int _range, _forecasts, _contexts, _recalls;
    private readonly ZeroedArray<long> _deviations;    // [forecasts, SmallContextSize] mean distance in 1/1024, above 10 bits of count
    private readonly ZeroedArray<uint> _maps;          // [contexts, ContextSize, Nodes]
    private readonly AdaptiveMap _recallMap;           // [recalls, RecallLevels, phases]
    private readonly ZeroedArray<int> _inputs, _factors, _lows, _highs;
    private readonly ZeroedArray<nint> _cells;
    private readonly ZeroedArray<int> _recallCells;
    private readonly Mixer _mixer;
    private readonly Apm _byActivity, _bySurroundings;
    private int _low, _high, _middle, _node, _side, _bucket, _path, _depth, _step;

    /// <param name="predictor">Makes the forecasts; disposed with this.</param>
    /// <param name="range">How many values there are: 2 to 2^24.</param>
    public SampleModel(SamplePredictor predictor, int range)
    {
        _predictor = predictor;
        _range = range;
        (_forecasts, _contexts, _recalls) = (predictor.Forecasts, predictor.ContextCount, predictor.Recalls);
        _deviations = new ZeroedArray<long>(_forecasts * SamplePredictor.SmallContextSize);
        _maps = new ZeroedArray<uint>(_contexts * SamplePredictor.ContextSize * Nodes);
        _recallMap = new AdaptiveMap(Math.Max(1, _recalls) * SamplePredictor.RecallLevels * 4, RecallLimit);
        var inputs = _forecasts + _contexts + _recalls + 1 + 15 & ~15;
        _inputs = new ZeroedArray<int>(inputs);
        _inputs.Pointer[inputs - 1] = 256;
        _factors = new ZeroedArray<int>(_forecasts);
        _lows = new ZeroedArray<int>(_forecasts);
        _highs = new ZeroedArray<int>(_forecasts);
        _cells = new ZeroedArray<nint>(_contexts);
        _recallCells = new ZeroedArray<int>(Math.Max(1, _recalls));
        const int Small = SamplePredictor.SmallContextSize;
        _mixer = new Mixer(inputs, [(Nodes, Rate), (Small, Rate), (Small, Rate), (SamplePredictor.RecallLevels * 4, Rate)], Nodes, FinalRate, 1 << 15, 1 << 13);
        _byActivity = new Apm(Nodes * Small / 4);
        _bySurroundings = new Apm(Nodes * Small / 4);
    }

    /// <summary>What is asked next: whether the value is at or above this.</summary>
    public int Point => _middle;

    /// <summary>The value, once all of it is known; else −1.</summary>
    public int Value => _high - _low == 1 ? _low : -1;

    /// <summary>Begins a sample.</summary>
    public void Begin()
    {
        _predictor.Predict();
        for (var i = 0; i < _forecasts; i++)
        {
            var deviation = DeviationOf(i);
            _factors.Pointer[i] = (int)((128L << 16) * 1000 / Math.Max(2000, deviation * 721));
            _lows.Pointer[i] = -LogisticDistribution.Limit;
            _highs.Pointer[i] = LogisticDistribution.Limit;
        }
        var step = Math.Max(1, DeviationOf(0) * 9 / 10 >> UnitBits);
        _step = System.Numerics.BitOperations.Log2((uint)step);
        _predictor.ChooseContexts(_step);
        _low = 0;
        _high = _range;
        _node = 0;
        _side = -1;
        _bucket = _path = _depth = 0;
        _middle = Math.Clamp((*_predictor.Means >> UnitBits) + 1, 1, _range - 1);
    }

    /// <summary>The probability, of 2^16, that the value is at or above the point that is asked for next.</summary>
    public int Predict()
    {
        var inputs = _inputs.Pointer;
        var point = (_middle << UnitBits) - (1 << UnitBits - 1);
        for (var i = 0; i < _forecasts; i++)
            inputs[i] = LogisticDistribution.Divide(_lows.Pointer[i], Distance(i, point), _highs.Pointer[i]);
        inputs += _forecasts;
        for (var i = 0; i < _contexts; i++)
        {
            var cell = _maps.Pointer + (long)(i * SamplePredictor.ContextSize + _predictor.Contexts[i]) * Nodes + _node;
            _cells.Pointer[i] = (nint)cell;
            if (AdaptiveProbability.IsNew(*cell)) *cell = AdaptiveProbability.Seed(Logistic.One / 2);
            inputs[i] = Logistic.Stretch(AdaptiveProbability.Predict(*cell));
        }
        inputs += _contexts;
        int phase = _side < 0 ? 0 : _path > 0 ? 3 : _bucket == 0 ? 1 : 2, surest = 0;
        for (var i = 0; i < _recalls; i++)
        {
            int value = _predictor.RecalledValues[i], confidence = _predictor.RecallConfidence[i];
            inputs[i] = 0;
            _recallCells.Pointer[i] = -1;
            if (confidence < 0 || value < _low || value >= _high) continue;
            var cell = (i * SamplePredictor.RecallLevels + confidence) * 4 + phase;
            _recallCells.Pointer[i] = cell;
            var slot = _recallMap[cell];
            if (AdaptiveProbability.IsNew(*slot)) *slot = AdaptiveProbability.Seed(Logistic.One / 2);
            var logit = Logistic.Stretch(AdaptiveProbability.Predict(*slot));
            inputs[i] = value >= _middle ? logit : -logit;
            surest = Math.Max(surest, confidence);
        }
        _mixer.Choose(0, _node);
        _mixer.Choose(1, _predictor.Activity * 4 + phase);
        _mixer.Choose(2, _predictor.Surroundings * 4 + phase);
        _mixer.Choose(3, surest * 4 + phase);
        var mixed = _mixer.Mix(_inputs.Pointer, _node);
        var refined = _byActivity.Predict(mixed, _predictor.Activity * Nodes + _node) + _bySurroundings.Predict(mixed, _predictor.Surroundings * Nodes + _node);
        return Math.Clamp(2 * Logistic.Squash(mixed) + refined >> 2, 1, Logistic.One - 1);
    }

    /// <summary>Learns whether the value is at or above the point.</summary>
    public void Update(int bit)
    {
        for (var i = 0; i < _contexts; i++) AdaptiveProbability.Update((uint*)_cells.Pointer[i], bit, ContextLimit);
        for (var i = 0; i < _recalls; i++)
        {
            var cell = _recallCells.Pointer[i];
            if (cell >= 0) _recallMap.Update(cell, _predictor.RecalledValues[i] >= _middle == (bit == 1) ? 1 : 0);
        }
        _mixer.Update(_inputs.Pointer, bit);
        _byActivity.Update(bit);
        _bySurroundings.Update(bit);
        Narrow(bit);
    }

    /// <summary>Learns the sample and goes on.</summary>
    public void End()
    {
        for (var i = 0; i < _forecasts; i++)
        {
            var cell = _deviations.Pointer + i * SamplePredictor.SmallContextSize + _predictor.DeviationContexts[i];
            long distance = Math.Abs((long)((_low << UnitBits) - _predictor.Means[i])) << 4, mean = *cell >> 10, count = *cell & 1023;
            if (count == 0) mean = (long)_predictor.Guesses[i] << 4;
            mean += (distance - mean) / (count + 2);
            *cell = mean << 10 | Math.Min(count + 1, DeviationLimit);
        }
        _predictor.Update(_low);
    }

    public void Dispose()
    {
        _predictor.Dispose();
        _deviations.Dispose();
        _maps.Dispose();
        _recallMap.Dispose();
        _inputs.Dispose();
        _factors.Dispose();
        _lows.Dispose();
        _highs.Dispose();
        _cells.Dispose();
        _recallCells.Dispose();
        _mixer.Dispose();
        _byActivity.Dispose();
        _bySurroundings.Dispose();
    }

    private int DeviationOf(int forecast)
    {
        var cell = _deviations.Pointer[forecast * SamplePredictor.SmallContextSize + _predictor.DeviationContexts[forecast]];
        return (cell & 1023) == 0 ? _predictor.Guesses[forecast] : (int)(cell >> 14);
    }

    /// <summary>Of a point in units of 1/64, from a forecast, in units of 1/128 of its scale.</summary>
    private int Distance(int forecast, int point) =>
        (int)Math.Clamp((long)(point - _predictor.Means[forecast]) * _factors.Pointer[forecast] >> 16, 1 - LogisticDistribution.Limit, LogisticDistribution.Limit - 1);

    /// <summary>Takes the part that the value is in, and finds the next point and its node.</summary>
    private void Narrow(int bit)
    {
        var point = (_middle << UnitBits) - (1 << UnitBits - 1);
        for (var i = 0; i < _forecasts; i++) (bit == 1 ? _lows : _highs).Pointer[i] = Distance(i, point);
        if (bit == 1) _low = _middle;
        else _high = _middle;
        if (_high - _low == 1) return;

        if (_side < 0) _side = bit;
        else if (_path > 0)
        {
            _path = 2 * _path + bit;
            _depth++;
        }
        else if (bit == _side) _bucket++;
        else _path = 1;

        if (_path == 0)
        {
            var width = 1 << Math.Min(24, _step + Math.Max(0, _bucket - 1));
            if (width < _high - _low)
            {
                _middle = _side == 1 ? _low + width : _high - width;
                _node = _side * 128 + 1 + Math.Min(_bucket, 15);
                return;
            }
            _path = 1;
        }
        _middle = _low + (_high - _low >> 1);
        _node = _side * 128 + (_path < 16 ? 17 + Math.Min(_bucket, 5) * 15 + _path - 1 : Math.Min(107 + _depth - 4, 127));
    }
}

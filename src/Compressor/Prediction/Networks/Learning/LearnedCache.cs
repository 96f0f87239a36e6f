using Compressor.Kernels;

namespace Compressor.Prediction.Networks.Learning;

/// <summary>Keys and values of a lane in a layer, each both ways round, for products along either side.</summary>
internal sealed unsafe class LearnedCache
{
    private readonly int _groups, _size, _window, _steps;
    private readonly PinnedArray<float> _keys, _values;              // [groups, capacity, size]
    private readonly PinnedArray<float> _turnedKeys, _turnedValues;  // [groups, size, capacity]
    private int _start, _filled;                                     // where the step in progress starts, and ends so far

    /// <param name="shape">Heads and window.</param>
    /// <param name="steps">Positions of a step.</param>
    public LearnedCache(AttentionShape shape, int steps)
    {
        (_groups, _size, _window, _steps) = (shape.KeyValueHeads, shape.HeadSize, shape.Window, steps);
        Capacity = Pad((2 * _window) + steps + FloatKernels.PartialSums);
        var length = (long)_groups * _size * Capacity;
        _keys = new PinnedArray<float>(length);
        _values = new PinnedArray<float>(length);
        _turnedKeys = new PinnedArray<float>(length);
        _turnedValues = new PinnedArray<float>(length);
    }

    /// <summary>From a row to the next, the other way round.</summary>
    public int Capacity { get; }

    /// <summary>[capacity] for each of [size], of a key/value head.</summary>
    public float* TurnedKeys(int group) => _turnedKeys.Pointer + ((long)group * _size * Capacity);

    /// <summary>As <see cref="TurnedKeys"/>.</summary>
    public float* TurnedValues(int group) => _turnedValues.Pointer + ((long)group * _size * Capacity);

    /// <summary>[size] for each position from one on.</summary>
    public float* Keys(int group, int from) => _keys.Pointer + ((((long)group * Capacity) + from) * _size);

    /// <summary>As <see cref="Keys"/>.</summary>
    public float* Values(int group, int from) => _values.Pointer + ((((long)group * Capacity) + from) * _size);

    /// <summary>Up to a multiple of 16.</summary>
    public static int Pad(int count) => (count + FloatKernels.PartialSums - 1) / FloatKernels.PartialSums * FloatKernels.PartialSums;

    /// <summary>Starts a step after what is there, of which the window stays.</summary>
    public void Begin()
    {
        _start = _filled;
        if (_start + _steps + FloatKernels.PartialSums <= Capacity)
            return;
        var from = _start - _window;
        for (var g = 0; g < _groups; g++)
        {
            Move(Keys(g, from), Keys(g, 0), _window * _size);
            Move(Values(g, from), Values(g, 0), _window * _size);
            for (var i = 0; i < _size; i++)
            {
                var row = (long)i * Capacity;
                Move(TurnedKeys(g) + row + from, TurnedKeys(g) + row, _window);
                Move(TurnedValues(g) + row + from, TurnedValues(g) + row, _window);
            }
        }

        _start = _filled = _window;
    }

    /// <summary>Puts the key and value [groups, size] of a position of the step.</summary>
    public void Put(int step, float* key, float* value)
    {
        var at = _start + step;
        _filled = at + 1;
        for (var g = 0; g < _groups; g++, key += _size, value += _size)
        {
            Move(key, Keys(g, at), _size);
            Move(value, Values(g, at), _size);
            for (var i = 0; i < _size; i++)
            {
                TurnedKeys(g)[((long)i * Capacity) + at] = key[i];
                TurnedValues(g)[((long)i * Capacity) + at] = value[i];
            }
        }
    }

    /// <summary>Which positions one of the step attends to: the first of them, and how many, itself the last.</summary>
    public (int From, int Count) Seen(int step)
    {
        var end = _start + step + 1;
        var from = Math.Max(0, end - _window);
        return (from, end - from);
    }

    private static void Move(float* from, float* to, int count) => new ReadOnlySpan<float>(from, count).CopyTo(new Span<float>(to, count));
}

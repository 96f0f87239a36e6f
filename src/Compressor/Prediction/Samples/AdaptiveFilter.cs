using System.Runtime.Intrinsics;
using Compressor.Prediction.Mixing;

namespace Compressor.Prediction.Samples;

/// <summary>
/// A linear predictor of a signal from its last values that moves along its error (normalised least mean squares). Binary32 arithmetic whose sums have one
/// order, whatever the width of vectors.
/// </summary>
internal sealed unsafe class AdaptiveFilter : IDisposable
{
    private const int Spare = 1 << 12;

    private readonly int _length;
    private readonly float _rate;
    private readonly ZeroedArray<float> _weights, _past;   // [length], [length + Spare] the window moves up until it is copied back
    private int _start;
    private float _prediction;

    /// <param name="length">Values that it looks at, a multiple of 16.</param>
    /// <param name="rate">The part of the error that a step would take away.</param>
    public AdaptiveFilter(int length, float rate)
    {
        (_length, _rate) = (length, rate);
        _weights = new ZeroedArray<float>(length);
        _past = new ZeroedArray<float>(length + Spare);
    }

    /// <summary>The next value.</summary>
    public float Predict()
    {
        float* w = _weights.Pointer, x = _past.Pointer + _start;
        Vector256<float> one = default, two = default;
        for (var i = 0; i < _length; i += 16)
        {
            one += Vector256.Load(w + i) * Vector256.Load(x + i);
            two += Vector256.Load(w + i + 8) * Vector256.Load(x + i + 8);
        }
        return _prediction = Sum(one + two);
    }

    /// <summary>Learns the value.</summary>
    public void Update(float value)
    {
        float* w = _weights.Pointer, x = _past.Pointer + _start;
        Vector256<float> one = default, two = default;
        for (var i = 0; i < _length; i += 16)
        {
            Vector256<float> a = Vector256.Load(x + i), b = Vector256.Load(x + i + 8);
            one += a * a;
            two += b * b;
        }
        var step = Vector256.Create(_rate * (value - _prediction) / (Sum(one + two) + 1));
        for (var i = 0; i < _length; i += 8) (Vector256.Load(w + i) + step * Vector256.Load(x + i)).Store(w + i);
        if (_start == Spare)
        {
            new ReadOnlySpan<float>(_past.Pointer + Spare, _length).CopyTo(_past.Span);
            _start = 0;
        }
        _past.Pointer[_start + _length] = value;
        _start++;
    }

    public void Dispose()
    {
        _weights.Dispose();
        _past.Dispose();
    }

    private static float Sum(Vector256<float> lanes)
    {
        var four = lanes.GetLower() + lanes.GetUpper();
        return four[0] + four[2] + (four[1] + four[3]);
    }
}

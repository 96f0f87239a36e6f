using System.Runtime.Intrinsics;

namespace Compressor.Memory;

/// <summary>
/// Gated logistic mixing (Mahoney, PAQ6/7): a set of weights, chosen by a context, turns logits into one; afterwards the
/// chosen weights move along the gradient of the coding cost. All in 32-bit integers.
/// </summary>
/// <remarks>
/// Weights are 16.16 within ±4 and inputs are differences of logits, within ±6142, so a product stays below 2^31; products
/// are shifted down by 8 before they are summed, so that 64 inputs cannot overflow.
/// </remarks>
internal sealed unsafe class Mixer : IDisposable
{
    private const int MostWeight = (1 << 18) - 1;
    private readonly int _inputs;
    private readonly ZeroedArray<int> _weights;   // [sets, inputs]
    private readonly int _rate;
    private int* _set;

    /// <param name="inputs">Inputs, a multiple of 8.</param>
    /// <param name="sets">Weight sets.</param>
    /// <param name="first">Start weight of input 0 (16.16); the others start at <paramref name="others"/>.</param>
    /// <param name="others">Start weight of the other inputs.</param>
    /// <param name="rate">Learning rate in units of 2^−16 a logit unit.</param>
    public Mixer(int inputs, int sets, int first, int others, int rate)
    {
        _inputs = inputs;
        _rate = rate;
        _weights = new ZeroedArray<int>((long)inputs * sets);
        for (long i = 0; i < _weights.Length; i++) _weights.Pointer[i] = i % inputs == 0 ? first : others;
        _set = _weights.Pointer;
    }

    /// <summary>The mixed logit under the given set; <see cref="Update"/> will change that set.</summary>
    public int Mix(int* inputs, int set)
    {
        _set = _weights.Pointer + (long)set * _inputs;
        Vector256<int> sum = Vector256<int>.Zero;
        for (int i = 0; i < _inputs; i += 8)
            sum += Vector256.ShiftRightArithmetic(Vector256.Load(_set + i) * Vector256.Load(inputs + i), 8);
        return Math.Clamp(Vector256.Sum(sum) >> 8, -Logistic.Limit, Logistic.Limit);
    }

    /// <summary>Moves the set of the last <see cref="Mix"/>.</summary>
    /// <param name="inputs">As given to it.</param>
    /// <param name="error">bit · 2^16 − the probability that this mixer's logit stood for.</param>
    public void Update(int* inputs, int error)
    {
        // |error · rate / 16| < 2^17 for rates to 32, and inputs are below 2^13: the product stays below 2^31.
        Vector256<int> step = Vector256.Create(error * _rate >> 4), half = Vector256.Create(1 << 13);
        Vector256<int> most = Vector256.Create(MostWeight);
        for (int i = 0; i < _inputs; i += 8)
        {
            Vector256<int> change = Vector256.ShiftRightArithmetic(Vector256.Load(inputs + i) * step + half, 14);
            Vector256.Max(Vector256.Min(Vector256.Load(_set + i) + change, most), -most).Store(_set + i);
        }
    }

    public void Dispose() => _weights.Dispose();
}

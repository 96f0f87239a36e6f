using System.Runtime.Intrinsics;

namespace Compressor.Prediction.Mixing;

/// <summary>
/// Gated logistic mixing in two layers (Mahoney, PAQ7/8): several sets of weights, each chosen by a context of its own, turn the
/// logits into one each; a last set turns those into the result. Afterwards every chosen set moves along the gradient of its own
/// coding cost. All in 32-bit integers.
/// </summary>
/// <remarks>
/// Weights are 16.16 within ±4 and inputs within ±6142, so a product stays below 2^31; products are shifted down by 8 before they
/// are summed, so that 64 inputs cannot overflow. A step is below 2^16 · 3 · rate / 2^8, so with rates to 400 its product with an input
/// stays below 2^31 as well.
/// </remarks>
internal sealed unsafe class LayeredMixer : IDisposable
{
    private const int MostWeight = (1 << 18) - 1;
    private const int Step = 16, MostSets = 8;

    private readonly int _inputs, _sets, _finalRate;
    private readonly ZeroedArray<int> _weights;       // [Σ contexts, inputs]
    private readonly ZeroedArray<int> _finalWeights;  // [final contexts, MostSets]
    private readonly ZeroedArray<int> _outputs = new(MostSets);
    private readonly int[] _first;                    // where each set's contexts start
    private readonly ZeroedArray<nint> _chosen = new(MostSets);   // [sets] pointers to the weights in use
    private readonly int[] _rates;
    private int* _final;
    private int _output, _warmth = 1 << 12;

    /// <param name="inputs">Inputs, a multiple of 16.</param>
    /// <param name="contexts">[sets] how many contexts choose the weights of each set; at most 8 sets.</param>
    /// <param name="finalContexts">Contexts of the last set.</param>
    /// <param name="first">Start weight of input 0 (16.16).</param>
    /// <param name="weight">Start weight of the other inputs.</param>
    /// <param name="rates">[sets] learning rates in units of 2^−22 a logit unit, at most 400; three times that at first.</param>
    /// <param name="finalRate">Learning rate of the last set.</param>
    public LayeredMixer(int inputs, int[] contexts, int finalContexts, int first, int weight, int[] rates, int finalRate)
    {
        _inputs = inputs;
        _sets = contexts.Length;
        _rates = rates;
        _finalRate = finalRate;
        _first = new int[_sets];
        int all = 0;
        for (int i = 0; i < _sets; i++)
        {
            _first[i] = all;
            all += contexts[i];
        }
        _weights = new ZeroedArray<int>((long)inputs * all);
        new Span<int>(_weights.Pointer, inputs * all).Fill(weight);
        for (int i = 0; i < all; i++) _weights.Pointer[(long)i * inputs] = first;
        _finalWeights = new ZeroedArray<int>((long)MostSets * finalContexts);
        for (int i = 0; i < MostSets * finalContexts; i++) _finalWeights.Pointer[i] = i % MostSets < _sets ? (1 << 16) / _sets : 0;
        _final = _finalWeights.Pointer;
    }

    /// <summary>Chooses the weights of one set.</summary>
    public void Choose(int set, int context) => _chosen.Pointer[set] = (nint)(_weights.Pointer + (long)(_first[set] + context) * _inputs);

    /// <summary>The mixed logit.</summary>
    public int Mix(int* inputs, int finalContext)
    {
        int* outputs = _outputs.Pointer;
        int count = _inputs;
        for (int s = 0; s < _sets; s++)
        {
            int* w = (int*)_chosen.Pointer[s];
            int sum = 0;
            if (Vector512.IsHardwareAccelerated)
            {
                Vector512<int> sums = Vector512<int>.Zero;
                for (int i = 0; i < count; i += Step)
                    sums += Vector512.ShiftRightArithmetic(Vector512.Load(w + i) * Vector512.Load(inputs + i), 8);
                sum = Vector512.Sum(sums);
            }
            else
            {
                Vector256<int> sums = Vector256<int>.Zero;
                for (int i = 0; i < count; i += Step / 2)
                    sums += Vector256.ShiftRightArithmetic(Vector256.Load(w + i) * Vector256.Load(inputs + i), 8);
                sum = Vector256.Sum(sums);
            }
            outputs[s] = Math.Clamp(sum >> 8, -Logistic.Limit, Logistic.Limit);
        }
        _final = _finalWeights.Pointer + finalContext * MostSets;
        Vector256<int> last = Vector256.ShiftRightArithmetic(Vector256.Load(_final) * Vector256.Load(outputs), 8);
        return _output = Math.Clamp(Vector256.Sum(last) >> 8, -Logistic.Limit, Logistic.Limit);
    }

    /// <summary>Learns the bit that was mixed for.</summary>
    public void Update(int* inputs, int bit)
    {
        int target = bit << 16, count = _inputs;
        if (_warmth > 0) _warmth--;
        int finalStep = (target - Logistic.Squash(_output)) * _finalRate >> 8;
        Move(_final, _outputs.Pointer, Vector256.Create(finalStep));
        for (int s = 0; s < _sets; s++)
        {
            int* w = (int*)_chosen.Pointer[s];
            int rate = _rates[s] + (_rates[s] * _warmth >> 11);
            int step = (target - Logistic.Squash(_outputs.Pointer[s])) * rate >> 8;
            if (Vector512.IsHardwareAccelerated)
            {
                Vector512<int> steps = Vector512.Create(step), half = Vector512.Create(1 << 13), most = Vector512.Create(MostWeight);
                for (int i = 0; i < count; i += Step)
                {
                    Vector512<int> change = Vector512.ShiftRightArithmetic(Vector512.Load(inputs + i) * steps + half, 14);
                    Vector512.Max(Vector512.Min(Vector512.Load(w + i) + change, most), -most).Store(w + i);
                }
            }
            else
            {
                Vector256<int> steps = Vector256.Create(step);
                for (int i = 0; i < count; i += Step / 2) Move(w + i, inputs + i, steps);
            }
        }
    }

    private static void Move(int* weights, int* inputs, Vector256<int> step)
    {
        Vector256<int> half = Vector256.Create(1 << 13), most = Vector256.Create(MostWeight);
        Vector256<int> change = Vector256.ShiftRightArithmetic(Vector256.Load(inputs) * step + half, 14);
        Vector256.Max(Vector256.Min(Vector256.Load(weights) + change, most), -most).Store(weights);
    }

    public void Dispose()
    {
        _weights.Dispose();
        _finalWeights.Dispose();
        _outputs.Dispose();
        _chosen.Dispose();
    }
}

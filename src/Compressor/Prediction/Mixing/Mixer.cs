using System.Runtime.Intrinsics;
using Compressor.Kernels;

namespace Compressor.Prediction.Mixing;

/// <summary>
/// Gated logistic mixing in two layers (Mahoney, PAQ7/8): several sets of weights, each chosen by a context of its own, turn the
/// logits into one each; a last set turns those into the result. Afterwards every chosen set moves along the gradient of its own
/// coding cost. All in 32-bit integers.
/// </summary>
/// <remarks>
/// Weights are 16.16 within ±4 and inputs within ±6142, so a product stays below 2^31; products are shifted down by 8 before they
/// are summed, so that 64 inputs cannot overflow. A step is below 2^16 · 3 · rate / 2^8, so with rates to 400 its product with an input
/// stays below 2^31 as well. Every sum is of integers and wraps nowhere, so all instruction sets give what the scalar loops give.
/// </remarks>
internal sealed unsafe class Mixer : IDisposable
{
    private const int MaxWeight = (1 << 18) - 1;
    private const int MaxSets = 8;

    /// <summary>Contexts of a set from which on it is not copied between records. Larger sets come after all others.</summary>
    private const int MaxRestored = 1 << 10;

    private readonly InstructionSet _set;
    private readonly int _inputs, _sets, _finalRate;
    private readonly ZeroedArray<int> _start;         // [inputs] what weights are at first
    private readonly ZeroedArray<int> _weights;       // [Σ contexts, inputs]; rows that were never chosen are not touched
    private readonly ZeroedArray<byte> _used;         // [Σ contexts] whether a row was chosen before
    private readonly ZeroedArray<int> _finalWeights;  // [final contexts, MaxSets] less an equal share
    private readonly ZeroedArray<int> _share = new(MaxSets);
    private readonly ZeroedArray<int> _outputs = new(MaxSets);
    private readonly int[] _first;                    // where each set's contexts start
    private readonly ZeroedArray<nint> _chosen = new(MaxSets);   // [sets] pointers to the weights in use
    private readonly int[] _rates;
    private readonly int _restored;                   // rows of the sets that are copied; those of larger ones are told to the undo log
    private readonly UndoLog? _undo;
    private int* _final;
    private int _output, _warmth = 1 << 12;

    /// <param name="inputs">Inputs, a multiple of 16.</param>
    /// <param name="sets">[sets] how many contexts choose the weights of each, and its learning rate in units of 2^−22 a logit unit, at most 400;
    /// three times that at first. At most 8 sets.</param>
    /// <param name="finalContexts">Contexts of the last set.</param>
    /// <param name="finalRate">Its learning rate.</param>
    /// <param name="first">Start weight of input 0 (16.16).</param>
    /// <param name="others">Start weight of the other inputs.</param>
    /// <param name="undo">Told of changes in sets that <see cref="Restore"/> does not copy; null for none.</param>
    public Mixer(int inputs, (int Contexts, int Rate)[] sets, int finalContexts, int finalRate, int first, int others, UndoLog? undo = null)
        : this(inputs, sets, finalContexts, finalRate, first, others, InstructionSets.Current, undo)
    {
    }

    /// <summary>With a given instruction set, which must be supported.</summary>
    public Mixer(int inputs, (int Contexts, int Rate)[] sets, int finalContexts, int finalRate, int first, int others, InstructionSet set,
        UndoLog? undo = null)
    {
        _undo = undo;
        _set = set;
        _inputs = inputs;
        _sets = sets.Length;
        _rates = [.. sets.Select(set => set.Rate)];
        _finalRate = finalRate;
        _first = new int[_sets];
        var all = 0;
        for (var i = 0; i < _sets; i++)
        {
            _first[i] = all;
            if (sets[i].Contexts <= MaxRestored) _restored = all + sets[i].Contexts;
            all += sets[i].Contexts;
        }
        _weights = new ZeroedArray<int>((long)inputs * all);
        _used = new ZeroedArray<byte>(all);
        _start = new ZeroedArray<int>(inputs);
        _start.Span.Fill(others);
        _start.Pointer[0] = first;
        _finalWeights = new ZeroedArray<int>((long)MaxSets * finalContexts);
        _share.Span[.._sets].Fill((1 << 16) / _sets);
        _final = _finalWeights.Pointer;
    }

    /// <summary>Chooses the weights of one set.</summary>
    public void Choose(int set, int context)
    {
        var row = _first[set] + context;
        var weights = _weights.Pointer + (long)row * _inputs;
        if (_undo is not null && row >= _restored && _chosen.Pointer[set] != (nint)weights)
        {
            _undo.KeepRange(weights, _inputs * sizeof(int));
            _undo.Keep(_used.Pointer + row);
        }
        _chosen.Pointer[set] = (nint)weights;
        if (_used.Pointer[row] != 0) return;
        _used.Pointer[row] = 1;
        _start.Span.CopyTo(new Span<int>(weights, _inputs));
    }

    /// <summary>The mixed logit.</summary>
    public int Mix(int* inputs, int finalContext)
    {
        var outputs = _outputs.Pointer;
        var count = _inputs;
        for (var s = 0; s < _sets; s++)
        {
            var w = (int*)_chosen.Pointer[s];
            var sum = _set switch
            {
                InstructionSet.Avx512 => Sum512(w, inputs, count),
                InstructionSet.Scalar => SumScalar(w, inputs, count),
                _ => Sum256(w, inputs, count),
            };
            outputs[s] = Math.Clamp(sum >> 8, -Logistic.Limit, Logistic.Limit);
        }
        _final = _finalWeights.Pointer + (long)finalContext * MaxSets;
        var weights = Vector256.Load(_final) + Vector256.Load(_share.Pointer);
        var last = Vector256.ShiftRightArithmetic(weights * Vector256.Load(outputs), 8);
        return _output = Math.Clamp(Vector256.Sum(last) >> 8, -Logistic.Limit, Logistic.Limit);
    }

    /// <summary>Learns the bit that was mixed for.</summary>
    public void Update(int* inputs, int bit)
    {
        int target = bit << 16, count = _inputs;
        if (_warmth > 0) _warmth--;
        var finalStep = (target - Logistic.Squash(_output)) * _finalRate >> 8;
        var share = Vector256.Load(_share.Pointer);
        (Moved(Vector256.Load(_final) + share, Vector256.Load(_outputs.Pointer), Vector256.Create(finalStep)) - share).Store(_final);
        for (var s = 0; s < _sets; s++)
        {
            var w = (int*)_chosen.Pointer[s];
            var rate = _rates[s] + (_rates[s] * _warmth >> 11);
            var step = (target - Logistic.Squash(_outputs.Pointer[s])) * rate >> 8;
            switch (_set)
            {
                case InstructionSet.Avx512: Move512(w, inputs, count, step); break;
                case InstructionSet.Scalar: MoveScalar(w, inputs, count, step); break;
                default: Move256(w, inputs, count, step); break;
            }
        }
    }

    /// <summary>Takes over the weights of a mixer of the same parameters.</summary>
    public void CopyFrom(Mixer other)
    {
        _weights.CopyFrom(other._weights);
        _used.CopyFrom(other._used);
        Restore(other);
    }

    /// <summary>Takes over the weights that the undo log is not told of.</summary>
    public void Restore(Mixer other)
    {
        new ReadOnlySpan<int>(other._weights.Pointer, _restored * _inputs).CopyTo(_weights.Span);
        new ReadOnlySpan<byte>(other._used.Pointer, _restored).CopyTo(_used.Span);
        _finalWeights.CopyFrom(other._finalWeights);
        _chosen.Span.Clear();
        _warmth = other._warmth;
    }

    public void Dispose()
    {
        _start.Dispose();
        _weights.Dispose();
        _used.Dispose();
        _finalWeights.Dispose();
        _share.Dispose();
        _outputs.Dispose();
        _chosen.Dispose();
    }

    private static int SumScalar(int* weights, int* inputs, int count)
    {
        var sum = 0;
        for (var i = 0; i < count; i++) sum += weights[i] * inputs[i] >> 8;
        return sum;
    }

    private static int Sum256(int* weights, int* inputs, int count)
    {
        var sums = Vector256<int>.Zero;
        for (var i = 0; i < count; i += Vector256<int>.Count)
            sums += Vector256.ShiftRightArithmetic(Vector256.Load(weights + i) * Vector256.Load(inputs + i), 8);
        return Vector256.Sum(sums);
    }

    private static int Sum512(int* weights, int* inputs, int count)
    {
        var sums = Vector512<int>.Zero;
        for (var i = 0; i < count; i += Vector512<int>.Count)
            sums += Vector512.ShiftRightArithmetic(Vector512.Load(weights + i) * Vector512.Load(inputs + i), 8);
        return Vector512.Sum(sums);
    }

    private static void MoveScalar(int* weights, int* inputs, int count, int step)
    {
        for (var i = 0; i < count; i++)
            weights[i] = Math.Clamp(weights[i] + (inputs[i] * step + (1 << 13) >> 14), -MaxWeight, MaxWeight);
    }

    private static void Move256(int* weights, int* inputs, int count, int step)
    {
        var steps = Vector256.Create(step);
        for (var i = 0; i < count; i += Vector256<int>.Count)
            Moved(Vector256.Load(weights + i), Vector256.Load(inputs + i), steps).Store(weights + i);
    }

    private static void Move512(int* weights, int* inputs, int count, int step)
    {
        Vector512<int> steps = Vector512.Create(step), half = Vector512.Create(1 << 13), most = Vector512.Create(MaxWeight);
        for (var i = 0; i < count; i += Vector512<int>.Count)
        {
            var change = Vector512.ShiftRightArithmetic(Vector512.Load(inputs + i) * steps + half, 14);
            Vector512.Max(Vector512.Min(Vector512.Load(weights + i) + change, most), -most).Store(weights + i);
        }
    }

    private static Vector256<int> Moved(Vector256<int> weights, Vector256<int> inputs, Vector256<int> step)
    {
        var most = Vector256.Create(MaxWeight);
        var change = Vector256.ShiftRightArithmetic(inputs * step + Vector256.Create(1 << 13), 14);
        return Vector256.Max(Vector256.Min(weights + change, most), -most);
    }
}

using Compressor.Prediction.Mixing;

namespace Compressor.Prediction.Samples;

/// <summary>What is expected of the next sample, before it is known: several forecasts, contexts, and values that were there in like places.</summary>
internal abstract unsafe class SamplePredictor : IDisposable
{
    /// <summary>Forecasts are in parts of a sample value: 1 is 64.</summary>
    public const int UnitBits = 6;

    /// <summary>A context is below this.</summary>
    public const int ContextSize = 1 << 10;

    /// <summary>Contexts of deviations, and those of sets of weights, are below this.</summary>
    public const int SmallContextSize = 1 << 8;

    /// <summary>How sure a recalled value is: below this.</summary>
    public const int RecallLevels = 16;

    private readonly ZeroedArray<int> _numbers;

    protected SamplePredictor(int forecasts, int contexts, int recalls)
    {
        (Forecasts, ContextCount, Recalls) = (forecasts, contexts, recalls);
        _numbers = new ZeroedArray<int>(3 * forecasts + contexts + 2 * recalls);
        Means = _numbers.Pointer;
        Guesses = Means + forecasts;
        DeviationContexts = Guesses + forecasts;
        Contexts = DeviationContexts + forecasts;
        RecalledValues = Contexts + contexts;
        RecallConfidence = RecalledValues + recalls;
    }

    /// <summary>How many forecasts there are.</summary>
    public int Forecasts { get; }

    /// <summary>How many contexts.</summary>
    public int ContextCount { get; }

    /// <summary>How many recalled values.</summary>
    public int Recalls { get; }

    /// <summary>[Forecasts] in units of 1/64, from 0 to the largest value. The first is the best, around which the value is searched.</summary>
    public int* Means { get; }

    /// <summary>[Forecasts] how far off each is expected to be, in units of 1/64, where its context has not shown it yet.</summary>
    public int* Guesses { get; }

    /// <summary>[Forecasts] each below <see cref="SmallContextSize"/>: contexts in which it is learned how far off they are.</summary>
    public int* DeviationContexts { get; }

    /// <summary>[ContextCount] each below <see cref="ContextSize"/>.</summary>
    public int* Contexts { get; }

    /// <summary>[Recalls] values that followed in like places.</summary>
    public int* RecalledValues { get; }

    /// <summary>[Recalls] below <see cref="RecallLevels"/>, or −1 for none.</summary>
    public int* RecallConfidence { get; }

    /// <summary>A context for a set of mixer weights, below <see cref="SmallContextSize"/> / 4.</summary>
    public int Activity { get; protected set; }

    /// <summary>Another, below <see cref="SmallContextSize"/> / 4.</summary>
    public int Surroundings { get; protected set; }

    /// <summary>Says what is expected of the next sample.</summary>
    public abstract void Predict();

    /// <summary>Says <see cref="Contexts"/>, once the step of the search is known.</summary>
    /// <param name="step">log2 of the width of the part of values around the best forecast that is told apart last.</param>
    public abstract void ChooseContexts(int step);

    /// <summary>Learns the sample.</summary>
    public abstract void Update(int value);

    public virtual void Dispose() => _numbers.Dispose();

    /// <summary>A number in steps that grow with it: 0 for 0, then 4 levels for each doubling.</summary>
    protected static int Level(int number)
    {
        if (number < 4) return number;
        var log = 31 - System.Numerics.BitOperations.LeadingZeroCount((uint)number);
        return 4 * (log - 1) + (number >> log - 2 & 3);
    }

    /// <summary>A difference as one of 7 levels: none, up to a half, up to two, more; of either sign.</summary>
    /// <param name="difference">In units of 1/64.</param>
    /// <param name="step">log2 of what counts as one, in samples.</param>
    protected static int Sign7(int difference, int step)
    {
        int size = Math.Abs(difference) >> step, level = size < 16 ? 0 : size < 56 ? 1 : size < 160 ? 2 : 3;
        return difference < 0 ? 3 - level : 3 + level;
    }
}

namespace Compressor.Prediction.Mixing;

/// <summary>An <see cref="AdaptiveProbability"/> for each of a set of contexts.</summary>
internal sealed unsafe class AdaptiveMap : IDisposable
{
    private readonly ZeroedArray<uint> _slots;
    private readonly int _limit;

    /// <param name="contexts">Contexts.</param>
    /// <param name="limit">Count at which adaptation stops slowing down, at most <see cref="AdaptiveProbability.MostCount"/>.</param>
    public AdaptiveMap(int contexts, int limit)
    {
        _slots = new ZeroedArray<uint>(contexts);
        _limit = limit;
    }

    /// <summary>The slot of a context.</summary>
    public uint* this[int context] => _slots.Pointer + context;

    /// <summary>Probability of a 1 bit, of 2^16, in [1, 2^16 − 1].</summary>
    public int Predict(int context) => AdaptiveProbability.Predict(*this[context]);

    public void Update(int context, int bit) => AdaptiveProbability.Update(this[context], bit, _limit);

    /// <summary>Takes over what a map of the same contexts has learned.</summary>
    public void CopyFrom(AdaptiveMap other) => _slots.CopyFrom(other._slots);

    public void Dispose() => _slots.Dispose();
}

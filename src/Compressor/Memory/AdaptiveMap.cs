using Compressor.Kernels;

namespace Compressor.Memory;

/// <summary>
/// Probabilities learned for each of a set of contexts: each is a 22-bit fraction with a 10-bit count of how often it was
/// seen; it moves by error / (count + 1.5), then by 1/limit (the adaptive state map of PAQ).
/// </summary>
internal sealed unsafe class AdaptiveMap
{
    private readonly PinnedArray<uint> _slots;
    private readonly int _limit;
    private static readonly int[] Reciprocals = BuildReciprocals();

    /// <param name="contexts">Contexts.</param>
    /// <param name="limit">Count at which adaptation stops slowing down, at most 1023.</param>
    public AdaptiveMap(int contexts, int limit)
    {
        _slots = new PinnedArray<uint>(contexts);
        _slots.Span.Fill(1u << 31);
        _limit = limit;
    }

    /// <summary>Sets one context's start probability (of 2^16).</summary>
    public void Seed(int context, int probability) => _slots.Pointer[context] = (uint)probability << 16;

    /// <summary>Probability of a 1 bit in [1, 2^16 − 1].</summary>
    public int Predict(int context) => Math.Max(1, (int)(_slots.Pointer[context] >> 16));

    /// <summary>Whether the context has been seen fewer than <paramref name="times"/> times.</summary>
    public bool IsYoung(int context, int times) => (_slots.Pointer[context] & 1023) < times;

    public void Update(int context, int bit)
    {
        uint slot = _slots.Pointer[context];
        int count = (int)(slot & 1023), p = (int)(slot >> 10), target = bit == 0 ? 0 : (1 << 22) - 1;
        p += (int)((long)(target - p) * Reciprocals[count] >> 16);
        _slots.Pointer[context] = (uint)p << 10 | (uint)(count < _limit ? count + 1 : count);
    }

    private static int[] BuildReciprocals()
    {
        int[] table = new int[1024];
        for (int i = 0; i < table.Length; i++) table[i] = (2 << 16) / (2 * i + 3);
        return table;
    }
}

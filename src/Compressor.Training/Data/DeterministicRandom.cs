namespace Compressor.Training.Data;

/// <summary>
/// SplitMix64: a counter-based generator whose stream is fixed by its seed on every platform and version,
/// which <see cref="Random"/> does not promise.
/// </summary>
internal struct DeterministicRandom(ulong seed)
{
    private ulong _state = seed;

    /// <summary>A generator for one purpose: different keys give unrelated streams.</summary>
    public static DeterministicRandom For(ulong seed, ulong key)
    {
        var mixer = new DeterministicRandom(seed);
        return new DeterministicRandom(mixer.Next() ^ (key * 0xD1342543DE82EF95));
    }

    public ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        var z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>An integer in [0, <paramref name="bound"/>), by the high half of a 64 × 64 bit product (bias below bound/2⁶⁴).</summary>
    public int Below(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);
        return (int)Math.BigMul(Next(), (ulong)bound, out _);
    }
}

namespace Compressor.Prediction.Networks.Ngram;

/// <summary>
/// The bucket of a token n-gram in a hashed embedding table. Part of every model's definition:
/// training and coding must agree, so the constants never change.
/// </summary>
internal static class NgramHash
{
    /// <summary>Bucket in [0, <paramref name="buckets"/>) of the last <paramref name="order"/> tokens.</summary>
    /// <param name="order">2 (current and previous) or 3 (and the one before).</param>
    /// <param name="current">The newest token of the context.</param>
    /// <param name="previous">The token before it; BOS where there is none.</param>
    /// <param name="beforePrevious">The token before that; not used by order 2.</param>
    /// <param name="buckets">Table size, a power of two.</param>
    public static int Bucket(int order, int current, int previous, int beforePrevious, int buckets)
    {
        var h = (uint)current * 0x9E3779B1u + (uint)previous * 0x85EBCA6Bu;
        if (order == 3) h = (h ^ (h >> 15)) * 0x2C1B3C6Du + (uint)beforePrevious * 0xC2B2AE35u + 0x165667B1u;
        h ^= h >> 15;
        h *= 0x2C1B3C6Du;
        h ^= h >> 12;
        h *= 0x297A2D39u;
        h ^= h >> 15;
        return (int)(h & (uint)(buckets - 1));
    }
}

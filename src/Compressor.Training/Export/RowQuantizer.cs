namespace Compressor.Training.Export;

/// <summary>Symmetric 8-bit quantisation with one scale a row: value ≈ integer × scale.</summary>
internal static class RowQuantizer
{
    /// <summary>Largest magnitude of an integer.</summary>
    public const int Limit = 127;

    /// <summary>
    /// Largest |w[2i]| + |w[2i+1]| in a matrix that is multiplied: with unsigned 8-bit activations up to 255 such a pair
    /// sums to at most 255 · 128 = 32640, which 16 bits hold.
    /// </summary>
    public const int PairLimit = 128;

    /// <summary>Quantises one row.</summary>
    /// <param name="row">Values; an even number of them when <paramref name="boundPairs"/>.</param>
    /// <param name="quantized">Takes the integers, all within ±<see cref="Limit"/>.</param>
    /// <param name="boundPairs">Also keep every adjacent pair within <see cref="PairLimit"/>.</param>
    /// <returns>The scale; every value is met to within half of it. 1 for a row of zeros.</returns>
    public static float Quantize(ReadOnlySpan<float> row, Span<sbyte> quantized, bool boundPairs)
    {
        var scale = Scale(row, boundPairs);
        for (var i = 0; i < row.Length; i++)
            quantized[i] = (sbyte)Math.Clamp(MathF.Round(row[i] / scale), -Limit, Limit);
        if (boundPairs)
        {
            for (var i = 0; i + 1 < row.Length; i += 2)
            {
                if (Math.Abs((int)quantized[i]) + Math.Abs((int)quantized[i + 1]) > PairLimit)
                    ShrinkOne(row.Slice(i, 2), quantized.Slice(i, 2), scale);
            }
        }

        return scale;
    }

    private static float Scale(ReadOnlySpan<float> row, bool boundPairs)
    {
        float scale = 0;
        foreach (var value in row)
            scale = MathF.Max(scale, MathF.Abs(value) / Limit);
        if (boundPairs)
        {
            for (var i = 0; i + 1 < row.Length; i += 2)
                scale = MathF.Max(scale, (MathF.Abs(row[i]) + MathF.Abs(row[i + 1])) / PairLimit);
        }

        return scale > 0 ? scale : 1;
    }

    /// <summary>Both halves were rounded up from about n + ½: the one that moved further goes down instead.</summary>
    private static void ShrinkOne(ReadOnlySpan<float> pair, Span<sbyte> quantized, float scale)
    {
        var first = Math.Abs((int)quantized[0]) - MathF.Abs(pair[0]) / scale;
        var second = Math.Abs((int)quantized[1]) - MathF.Abs(pair[1]) / scale;
        ref var chosen = ref quantized[first >= second ? 0 : 1];
        chosen -= (sbyte)Math.Sign(chosen);
    }
}

using System.Runtime.CompilerServices;

namespace Compressor.Kernels;

/// <summary>The elementwise steps at one vector width. See <see cref="RowKernels"/> for what each computes.</summary>
/// <remarks>
/// Largest elements are looked for in two halves, so that one comparison need not wait for the one before. Sums of
/// integers travel in the bits of floats: x + Magic has the bits MagicBits + round(x), and adding the bits of many such
/// sums modulo 2^32 and taking the MagicBits off again gives Σ round(x).
/// </remarks>
internal sealed unsafe class RowKernels<T> : RowKernels where T : unmanaged, IFloatVector<T>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override float Quantize(float* x, int n, float limit, int offset, byte* bytes) =>
        QuantizeTo(x, n, MaxMagnitude(x, n), limit, offset, bytes);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override float QuantizeNormalized(float* x, int n, byte* bytes)
    {
        var max = MaxMagnitude(x, n);
        if (!(max >= MinMagnitude))
        {
            new Span<byte>(bytes, n).Fill(PackedMatrix.ActivationOffset);
            return 0;
        }
        T inverse = T.Broadcast(127f / max), magic = T.Broadcast(ExactRounding.Magic), sum = T.Broadcast(0f);
        for (var i = 0; i < n; i += T.Count)
        {
            var shifted = T.Load(x + i) * inverse + magic;
            T.StoreLowBytes(shifted, PackedMatrix.ActivationOffset, bytes + i);
            var q = shifted - magic;
            sum = T.AddBits(sum, q * q + magic);   // q² ≤ 127²: exact
        }
        var sumOfSquares = T.SumBits(sum) - n * ExactRounding.MagicBits;
        return MathF.Sqrt(n / (float)sumOfSquares);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override float QuantizeSquaredRelu(int* acc, float rowScale, float* scales, int n, float* hidden, byte* bytes)
    {
        T scale = T.Broadcast(rowScale), zero = T.Broadcast(0f), max1 = zero, max2 = zero;
        for (var i = 0; i < n; i += 2 * T.Count)
        {
            var relu = T.Max(T.Load(acc + i) * (scale * T.Load(scales + i)), zero);
            var square = relu * relu;
            T.Store(square, hidden + i);
            max1 = T.Max(max1, square);
            relu = T.Max(T.Load(acc + i + T.Count) * (scale * T.Load(scales + i + T.Count)), zero);
            square = relu * relu;
            T.Store(square, hidden + i + T.Count);
            max2 = T.Max(max2, square);
        }
        return QuantizeTo(hidden, n, T.MaxElement(T.Max(max1, max2)), 255f, 0, bytes);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void AddScaledBytes(sbyte* row, float scale, int n, float* x)
    {
        var s = T.Broadcast(scale);
        for (var i = 0; i < n; i += T.Count) T.Store(T.Load(x + i) + T.Load(row + i) * s, x + i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Scale(int* acc, float scale, int n, float* y)
    {
        var s = T.Broadcast(scale);
        for (var i = 0; i < n; i += T.Count) T.Store(T.Load(acc + i) * s, y + i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Dequantize(int* acc, float rowScale, float* scales, int n, float* y)
    {
        var scale = T.Broadcast(rowScale);
        for (var i = 0; i < n; i += T.Count) T.Store(T.Load(acc + i) * (scale * T.Load(scales + i)), y + i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void DequantizeAdd(int* acc, float rowScale, float* scales, int n, float* x)
    {
        var scale = T.Broadcast(rowScale);
        for (var i = 0; i < n; i += T.Count) T.Store(T.Load(x + i) + T.Load(acc + i) * (scale * T.Load(scales + i)), x + i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Rotate(float* x, int heads, int half, float* cosines, float* sines)
    {
        for (var i = 0; i < half; i += T.Count)
        {
            T c = T.Load(cosines + i), s = T.Load(sines + i);
            var lower = x + i;
            for (var h = 0; h < heads; h++, lower += 2 * half)
            {
                T u = T.Load(lower), v = T.Load(lower + half);
                T.Store(u * c - v * s, lower);
                T.Store(v * c + u * s, lower + half);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override float AttentionWeights(int* scores, int n, int from, int to, float queryScale, float* keyScales,
        float* valueScales, float* scratch, byte* weights)
    {
        var scale = T.Broadcast(queryScale);
        for (var i = 0; i < n; i += T.Count) T.Store(T.Load(scores + i) * (scale * T.Load(keyScales + i)), scratch + i);
        // Positions outside the window: their exponential rounds to no weight at all.
        for (var i = 0; i < from; i++) scratch[i] = -1e30f;
        for (var i = to; i < n; i++) scratch[i] = -1e30f;

        var largest = T.Broadcast(-1e30f);
        for (var i = 0; i < n; i += T.Count) largest = T.Max(largest, T.Load(scratch + i));
        T max = T.Broadcast(T.MaxElement(largest)), magic = T.Broadcast(ExactRounding.Magic);

        T unit = T.Broadcast(65536f), maxWeights = T.Broadcast(0f), sum = maxWeights;
        for (var i = 0; i < n; i += T.Count)
        {
            var e = ExactRounding.Exp(T.Load(scratch + i) - max);
            var w = e * T.Load(valueScales + i);
            maxWeights = T.Max(maxWeights, w);
            T.Store(w, scratch + i);
            sum = T.AddBits(sum, e * unit + magic);
        }
        var maxWeight = T.MaxElement(maxWeights);
        if (!(maxWeight >= MinMagnitude))
        {
            new Span<byte>(weights, n).Clear();
            return 0;
        }
        var inverse = T.Broadcast(127f / maxWeight);
        for (var i = 0; i < n; i += T.Count) T.StoreLowBytes(T.Load(scratch + i) * inverse + magic, 0, weights + i);
        float total = T.SumBits(sum) - n * ExactRounding.MagicBits;
        return maxWeight / 127f / (total / 65536f);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void VocabularyWeights(int* acc, float rowScale, float* scales, int n, int bits, float* logits)
    {
        T scale = T.Broadcast(rowScale), max1 = T.Broadcast(-1e30f), max2 = max1;
        for (var i = 0; i < n; i += 2 * T.Count)
        {
            var logit = T.Load(acc + i) * (scale * T.Load(scales + i));
            T.Store(logit, logits + i);
            max1 = T.Max(max1, logit);
            logit = T.Load(acc + i + T.Count) * (scale * T.Load(scales + i + T.Count));
            T.Store(logit, logits + i + T.Count);
            max2 = T.Max(max2, logit);
        }
        T max = T.Broadcast(T.MaxElement(T.Max(max1, max2))), unit = T.Broadcast(1 << bits), magic = T.Broadcast(ExactRounding.Magic);
        for (var i = 0; i < n; i += T.Count)
            T.StoreBits(ExactRounding.Exp(T.Load(logits + i) - max) * unit + magic, -ExactRounding.MagicBits, acc + i);
    }

    /// <summary>The largest magnitude of a row, whose length is a multiple of two vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float MaxMagnitude(float* x, int n)
    {
        T max1 = T.Broadcast(0f), max2 = max1;
        for (var i = 0; i < n; i += 2 * T.Count)
        {
            max1 = T.Max(max1, T.Abs(T.Load(x + i)));
            max2 = T.Max(max2, T.Abs(T.Load(x + i + T.Count)));
        }
        return T.MaxElement(T.Max(max1, max2));
    }

    /// <summary>Quantises a row whose largest magnitude is known.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float QuantizeTo(float* x, int n, float max, float limit, int offset, byte* bytes)
    {
        if (!(max >= MinMagnitude))
        {
            new Span<byte>(bytes, n).Fill((byte)offset);
            return 0;
        }
        T inverse = T.Broadcast(limit / max), magic = T.Broadcast(ExactRounding.Magic);
        for (var i = 0; i < n; i += T.Count) T.StoreLowBytes(T.Load(x + i) * inverse + magic, offset, bytes + i);
        return max / limit;
    }
}

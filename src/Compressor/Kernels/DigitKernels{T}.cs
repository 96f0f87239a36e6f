using System.Runtime.CompilerServices;

namespace Compressor.Kernels;

/// <summary>The elementwise steps at one vector width. See <see cref="DigitKernels"/> for what each computes.</summary>
internal sealed unsafe class DigitKernels<T> : DigitKernels where T : unmanaged, IFloatVector<T>
{
    private const float Masked = -1e30f;
    private const int SumBits = 18;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override float Quantize(float* x, int n, byte* digits)
    {
        var max = RowKernels<T>.MaxMagnitude(x, n);
        if (!(max >= RowKernels.MinMagnitude))
        {
            new Span<byte>(digits, 2 * n).Fill(Offset);
            return 0;
        }
        var inverse = T.Broadcast(Limit / max);
        for (var i = 0; i < n; i += T.Count)
        {
            Split(ExactRounding.Round(T.Load(x + i) * inverse), out var high, out var low);
            T.StoreLowBytes(high + T.Broadcast(ExactRounding.Magic), Offset, digits + i);
            T.StoreLowBytes(low + T.Broadcast(ExactRounding.Magic), Offset, digits + n + i);
        }
        return max / Limit;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Normalize(float* x, int n, int count, float epsilon, bool centred, float* gain, float* bias, float* y)
    {
        var max = RowKernels<T>.MaxMagnitude(x, n);
        if (!(max >= RowKernels.MinMagnitude))
        {
            if (bias == null) new Span<float>(y, n).Clear();
            else new Span<float>(bias, n).CopyTo(new Span<float>(y, n));
            return;
        }
        var (mean, factor) = Moments(x, n, count, max, epsilon, centred);
        T m = T.Broadcast(mean), f = T.Broadcast(factor);
        if (bias == null)
        {
            for (var i = 0; i < n; i += T.Count) T.Store((T.Load(x + i) - m) * f * T.Load(gain + i), y + i);
            return;
        }
        for (var i = 0; i < n; i += T.Count) T.Store((T.Load(x + i) - m) * f * T.Load(gain + i) + T.Load(bias + i), y + i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Dequantize(int* high, int* low, float rowScale, float* scales, float* bias, int n, float* y)
    {
        T scale = T.Broadcast(rowScale), digit = T.Broadcast(Base);
        if (bias == null)
        {
            for (var i = 0; i < n; i += T.Count) T.Store((T.Load(high + i) * digit + T.Load(low + i)) * (scale * T.Load(scales + i)), y + i);
            return;
        }
        for (var i = 0; i < n; i += T.Count) T.Store((T.Load(high + i) * digit + T.Load(low + i)) * (scale * T.Load(scales + i)) + T.Load(bias + i), y + i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Scale(int* high, int* low, float scale, int n, float* y)
    {
        T s = T.Broadcast(scale), digit = T.Broadcast(Base);
        for (var i = 0; i < n; i += T.Count) T.Store((T.Load(high + i) * digit + T.Load(low + i)) * s, y + i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Add(float* x, float* y, int n)
    {
        for (var i = 0; i < n; i += T.Count) T.Store(T.Load(x + i) + T.Load(y + i), x + i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void GateBySilu(float* gate, float* up, int n)
    {
        for (var i = 0; i < n; i += T.Count)
        {
            var g = T.Load(gate + i);
            T.Store(g * Logistic(g) * T.Load(up + i), gate + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Gelu(float* x, int n)
    {
        T cubic = T.Broadcast(0.044715f), twice = T.Broadcast(1.5957691f);   // 2 · √(2/π)
        for (var i = 0; i < n; i += T.Count)
        {
            var v = T.Load(x + i);
            T.Store(v * Logistic(twice * (v + cubic * (v * v * v))), x + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override float AttentionWeights(int* highHigh, int* highLow, int* lowHigh, int* lowLow, int n, int from, int to, float queryScale,
        float* keyScales, float* valueScales, float* scratch, byte* digits)
    {
        T scale = T.Broadcast(queryScale), high = T.Broadcast(Base * Base), middle = T.Broadcast(Base);
        for (var i = 0; i < n; i += T.Count)
        {
            var product = T.Load(highHigh + i) * high + (T.Load(highLow + i) + T.Load(lowHigh + i)) * middle + T.Load(lowLow + i);
            T.Store(product * (scale * T.Load(keyScales + i)), scratch + i);
        }
        for (var i = 0; i < from; i++) scratch[i] = Masked;
        for (var i = to; i < n; i++) scratch[i] = Masked;

        var largest = T.Broadcast(Masked);
        for (var i = 0; i < n; i += T.Count) largest = T.Max(largest, T.Load(scratch + i));
        T max = T.Broadcast(T.MaxElement(largest)), magic = T.Broadcast(ExactRounding.Magic);

        T unit = T.Broadcast(1 << SumBits), maxWeights = T.Broadcast(0f), sum = maxWeights;
        for (var i = 0; i < n; i += T.Count)
        {
            var e = ExactRounding.Exp(T.Load(scratch + i) - max);
            var w = e * T.Load(valueScales + i);
            maxWeights = T.Max(maxWeights, w);
            T.Store(w, scratch + i);
            sum = T.AddBits(sum, e * unit + magic);
        }
        var maxWeight = T.MaxElement(maxWeights);
        if (!(maxWeight >= RowKernels.MinMagnitude))
        {
            new Span<byte>(digits, 2 * n).Clear();
            return 0;
        }
        T inverse = T.Broadcast(WeightLimit / maxWeight), half = T.Broadcast(63.5f), step = T.Broadcast(1f / Base);
        for (var i = 0; i < n; i += T.Count)
        {
            // Both digits are in [0, 127]: the high one is rounded down.
            var q = ExactRounding.Round(T.Load(scratch + i) * inverse);
            var shifted = (q - half) * step + magic;
            T.StoreLowBytes(shifted, 0, digits + i);
            T.StoreLowBytes(q - (shifted - magic) * middle + magic, 0, digits + n + i);
        }
        float total = T.SumBits(sum) - n * ExactRounding.MagicBits;
        return maxWeight / WeightLimit / (total / (1 << SumBits));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void SoftmaxWeights(float* logits, int n, int bits, int* weights)
    {
        var largest = T.Broadcast(Masked);
        for (var i = 0; i < n; i += T.Count) largest = T.Max(largest, T.Load(logits + i));
        T max = T.Broadcast(T.MaxElement(largest)), unit = T.Broadcast(1 << bits), magic = T.Broadcast(ExactRounding.Magic);
        for (var i = 0; i < n; i += T.Count)
            T.StoreBits(ExactRounding.Exp(T.Load(logits + i) - max) * unit + magic, -ExactRounding.MagicBits, weights + i);
    }

    /// <summary>1 / (1 + e^−x), from exponentials of numbers that are not above 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Logistic(T x)
    {
        T magnitude = T.Abs(x), one = T.Broadcast(1f);
        return ExactRounding.Exp((x - magnitude) * T.Broadcast(0.5f)) / (one + ExactRounding.Exp(T.Broadcast(0f) - magnitude));
    }

    /// <summary>The two digits of a whole number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Split(T q, out T high, out T low)
    {
        // Half a unit more, so that no quotient lies in the middle between two whole numbers.
        high = ExactRounding.Round((q + T.Broadcast(0.5f)) * T.Broadcast(1f / Base));
        low = q - high * T.Broadcast(Base);
    }

    /// <summary>Mean and 1 / √(variance + epsilon) of a row, from integer sums over its digits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (float Mean, float Factor) Moments(float* x, int n, int count, float max, float epsilon, bool centred)
    {
        T inverse = T.Broadcast(Limit / max), magic = T.Broadcast(ExactRounding.Magic), zero = T.Broadcast(0f);
        T highs = zero, lows = zero, highHigh = zero, highLow = zero, lowLow = zero;
        for (var i = 0; i < n; i += T.Count)
        {
            Split(ExactRounding.Round(T.Load(x + i) * inverse), out var high, out var low);
            highs = T.AddBits(highs, high + magic);
            lows = T.AddBits(lows, low + magic);
            highHigh = T.AddBits(highHigh, high * high + magic);   // products are below 2^12: exact
            highLow = T.AddBits(highLow, high * low + magic);
            lowLow = T.AddBits(lowLow, low * low + magic);
        }
        var magics = n * ExactRounding.MagicBits;   // modulo 2^32, as the sums
        var squares = (long)Base * Base * (T.SumBits(highHigh) - magics) + 2L * Base * (T.SumBits(highLow) - magics) + (T.SumBits(lowLow) - magics);
        var scale = (double)(max / Limit);
        var mean = centred ? scale * ((long)Base * (T.SumBits(highs) - magics) + (T.SumBits(lows) - magics)) / count : 0;
        var variance = scale * scale * squares / count - mean * mean;
        return ((float)mean, (float)(1 / Math.Sqrt((variance > 0 ? variance : 0) + epsilon)));
    }
}

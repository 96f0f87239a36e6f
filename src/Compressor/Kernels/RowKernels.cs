using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Compressor.Kernels;

/// <summary>
/// The elementwise steps between matrix products, over rows whose length is a multiple of 32. Each is written once in
/// <see cref="RowKernels{T}"/> for every vector width; this class picks the width.
/// </summary>
internal static unsafe class RowKernels
{
    /// <summary>A row counts as zero when its largest magnitude is below this, so that no reciprocal overflows.</summary>
    public const float Smallest = 1e-20f;

    /// <summary>
    /// Quantises x [n] to bytes round(x · limit / max|x|) + offset and returns the scale max|x| / limit (0 for a zero row).
    /// </summary>
    public static float Quantize(float* x, int n, float limit, int offset, byte* bytes, InstructionSet set) => set switch
    {
        InstructionSet.Avx512 => RowKernels<Float16>.Quantize(x, n, limit, offset, bytes),
        InstructionSet.Avx2 => RowKernels<Float8>.Quantize(x, n, limit, offset, bytes),
        _ => RowKernels<Float1>.Quantize(x, n, limit, offset, bytes),
    };

    /// <summary>
    /// RMS norm and quantisation in one: bytes as <see cref="Quantize"/> with limit 127 and offset 128; the scale
    /// returned is that of x / rms(x), √(n / Σq²), whatever max|x| was.
    /// </summary>
    public static float QuantizeNormalized(float* x, int n, byte* bytes, InstructionSet set)
    {
        if (Quantize(x, n, 127f, PackedMatrix.ActivationOffset, bytes, set) == 0) return 0;
        return MathF.Sqrt(n / (float)SumOfSquares(bytes, n));
    }

    /// <summary>Σ (byte − 128)², an integer below 2^29 for the rows there are (n ≤ 2^14, a multiple of 32).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int SumOfSquares(byte* bytes, int n)
    {
        Vector256<int> sum = Vector256<int>.Zero;
        Vector256<short> offset = Vector256.Create((short)PackedMatrix.ActivationOffset);
        for (int i = 0; i < n; i += 16)
        {
            Vector128<byte> row = Vector128.Load(bytes + i);
            Vector256<short> q = Vector256.Create(Vector128.WidenLower(row), Vector128.WidenUpper(row)).AsInt16() - offset;
            q *= q;   // at most 127²: fits
            sum += Vector256.WidenLower(q) + Vector256.WidenUpper(q);
        }
        return Vector256.Sum(sum);
    }

    /// <summary>y[i] = acc[i] · (rowScale · scales[i]).</summary>
    public static void Dequantize(int* acc, float rowScale, float* scales, int n, float* y, InstructionSet set)
    {
        switch (set)
        {
            case InstructionSet.Avx512: RowKernels<Float16>.Dequantize(acc, rowScale, scales, n, y); break;
            case InstructionSet.Avx2: RowKernels<Float8>.Dequantize(acc, rowScale, scales, n, y); break;
            default: RowKernels<Float1>.Dequantize(acc, rowScale, scales, n, y); break;
        }
    }

    /// <summary>x[i] += acc[i] · (rowScale · scales[i]).</summary>
    public static void DequantizeAdd(int* acc, float rowScale, float* scales, int n, float* x, InstructionSet set)
    {
        switch (set)
        {
            case InstructionSet.Avx512: RowKernels<Float16>.DequantizeAdd(acc, rowScale, scales, n, x); break;
            case InstructionSet.Avx2: RowKernels<Float8>.DequantizeAdd(acc, rowScale, scales, n, x); break;
            default: RowKernels<Float1>.DequantizeAdd(acc, rowScale, scales, n, x); break;
        }
    }

    /// <summary>y[i] = max(acc[i] · (rowScale · scales[i]), 0)².</summary>
    public static void DequantizeSquaredRelu(int* acc, float rowScale, float* scales, int n, float* y, InstructionSet set)
    {
        switch (set)
        {
            case InstructionSet.Avx512: RowKernels<Float16>.DequantizeSquaredRelu(acc, rowScale, scales, n, y); break;
            case InstructionSet.Avx2: RowKernels<Float8>.DequantizeSquaredRelu(acc, rowScale, scales, n, y); break;
            default: RowKernels<Float1>.DequantizeSquaredRelu(acc, rowScale, scales, n, y); break;
        }
    }

    /// <summary>Rotates a head in place, pair i with i + half: (x, y) → (x·cos − y·sin, y·cos + x·sin).</summary>
    public static void Rotate(float* head, int half, float* cosines, float* sines, InstructionSet set)
    {
        switch (set)
        {
            case InstructionSet.Avx512: RowKernels<Float16>.Rotate(head, half, cosines, sines); break;
            case InstructionSet.Avx2: RowKernels<Float8>.Rotate(head, half, cosines, sines); break;
            default: RowKernels<Float1>.Rotate(head, half, cosines, sines); break;
        }
    }

    /// <summary>
    /// Attention weights of one row. scores [n] become, where from ≤ j &lt; to and else 0, bytes
    /// round(127 · w_j / max w) with w_j = e^(s_j − max s) · valueScales_j and s_j = scores_j · (queryScale · keyScales_j).
    /// </summary>
    /// <param name="scores">[n] integer products of query and keys; n is a multiple of 32.</param>
    /// <param name="n">Positions looked at.</param>
    /// <param name="from">First position that counts.</param>
    /// <param name="to">One past the last that counts; at least one does.</param>
    /// <param name="queryScale">Scale of the query, 1/√headSize included.</param>
    /// <param name="keyScales">[n].</param>
    /// <param name="valueScales">[n].</param>
    /// <param name="scratch">[2n] floats.</param>
    /// <param name="weights">[n] bytes, 0…127.</param>
    /// <param name="set">Which width to run.</param>
    /// <returns>The factor of Σ weights · values: (max w / 127) / (Σ round(2^16 · e^(s_j − max s)) / 2^16).</returns>
    public static float AttentionWeights(int* scores, int n, int from, int to, float queryScale, float* keyScales,
        float* valueScales, float* scratch, byte* weights, InstructionSet set) => set switch
        {
            InstructionSet.Avx512 => RowKernels<Float16>.AttentionWeights(scores, n, from, to, queryScale, keyScales, valueScales, scratch, weights),
            InstructionSet.Avx2 => RowKernels<Float8>.AttentionWeights(scores, n, from, to, queryScale, keyScales, valueScales, scratch, weights),
            _ => RowKernels<Float1>.AttentionWeights(scores, n, from, to, queryScale, keyScales, valueScales, scratch, weights),
        };

    /// <summary>
    /// Softmax weights of logits l_v = acc_v · (rowScale · scales_v), in place: acc_v becomes round(2^bits · e^(l_v − max l)).
    /// </summary>
    /// <param name="acc">[n] products, then weights.</param>
    /// <param name="rowScale">Scale of the row.</param>
    /// <param name="scales">[n] scale of each output.</param>
    /// <param name="n">Vocabulary, a multiple of 32.</param>
    /// <param name="bits">At most 22.</param>
    /// <param name="logits">[n] scratch.</param>
    /// <param name="set">Which width to run.</param>
    public static void VocabularyWeights(int* acc, float rowScale, float* scales, int n, int bits, float* logits, InstructionSet set)
    {
        switch (set)
        {
            case InstructionSet.Avx512: RowKernels<Float16>.VocabularyWeights(acc, rowScale, scales, n, bits, logits); break;
            case InstructionSet.Avx2: RowKernels<Float8>.VocabularyWeights(acc, rowScale, scales, n, bits, logits); break;
            default: RowKernels<Float1>.VocabularyWeights(acc, rowScale, scales, n, bits, logits); break;
        }
    }

    /// <summary>Adds row · scale to x [n]; n is a multiple of 32.</summary>
    public static void AddScaledBytes(sbyte* row, float scale, int n, float* x, InstructionSet set)
    {
        switch (set)
        {
            case InstructionSet.Avx512: RowKernels<Float16>.AddScaledBytes(row, scale, n, x); break;
            case InstructionSet.Avx2: RowKernels<Float8>.AddScaledBytes(row, scale, n, x); break;
            default: RowKernels<Float1>.AddScaledBytes(row, scale, n, x); break;
        }
    }

    /// <summary>y[i] = acc[i] · scale.</summary>
    public static void Scale(int* acc, float scale, int n, float* y, InstructionSet set)
    {
        switch (set)
        {
            case InstructionSet.Avx512: RowKernels<Float16>.Scale(acc, scale, n, y); break;
            case InstructionSet.Avx2: RowKernels<Float8>.Scale(acc, scale, n, y); break;
            default: RowKernels<Float1>.Scale(acc, scale, n, y); break;
        }
    }

    /// <summary>Σ x[i], n a multiple of 32. Integer sums have no order; the caller knows that the sum fits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Sum(int* x, int n)
    {
        Vector256<int> sum = Vector256<int>.Zero;
        for (int i = 0; i < n; i += 8) sum += Vector256.Load(x + i);
        return Vector256.Sum(sum);
    }
}

/// <summary>The elementwise steps at one vector width. See <see cref="RowKernels"/> for what each computes.</summary>
internal static unsafe class RowKernels<T> where T : unmanaged, IFloatVector<T>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Quantize(float* x, int n, float limit, int offset, byte* bytes)
    {
        T largest = T.Broadcast(0f);
        for (int i = 0; i < n; i += T.Count) largest = T.Max(largest, T.Abs(T.Load(x + i)));
        float max = T.MaxElement(largest);
        if (!(max >= RowKernels.Smallest))
        {
            new Span<byte>(bytes, n).Fill((byte)offset);
            return 0;
        }
        T inverse = T.Broadcast(limit / max), magic = T.Broadcast(ExactRounding.Magic);
        for (int i = 0; i < n; i += T.Count) T.StoreLowBytes(T.Load(x + i) * inverse + magic, offset, bytes + i);
        return max / limit;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddScaledBytes(sbyte* row, float scale, int n, float* x)
    {
        T s = T.Broadcast(scale);
        for (int i = 0; i < n; i += T.Count) T.Store(T.Load(x + i) + T.Load(row + i) * s, x + i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scale(int* acc, float scale, int n, float* y)
    {
        T s = T.Broadcast(scale);
        for (int i = 0; i < n; i += T.Count) T.Store(T.Load(acc + i) * s, y + i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Dequantize(int* acc, float rowScale, float* scales, int n, float* y)
    {
        T scale = T.Broadcast(rowScale);
        for (int i = 0; i < n; i += T.Count) T.Store(T.Load(acc + i) * (scale * T.Load(scales + i)), y + i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void DequantizeAdd(int* acc, float rowScale, float* scales, int n, float* x)
    {
        T scale = T.Broadcast(rowScale);
        for (int i = 0; i < n; i += T.Count) T.Store(T.Load(x + i) + T.Load(acc + i) * (scale * T.Load(scales + i)), x + i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void DequantizeSquaredRelu(int* acc, float rowScale, float* scales, int n, float* y)
    {
        T scale = T.Broadcast(rowScale), zero = T.Broadcast(0f);
        for (int i = 0; i < n; i += T.Count)
        {
            T relu = T.Max(T.Load(acc + i) * (scale * T.Load(scales + i)), zero);
            T.Store(relu * relu, y + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rotate(float* head, int half, float* cosines, float* sines)
    {
        for (int i = 0; i < half; i += T.Count)
        {
            T x = T.Load(head + i), y = T.Load(head + half + i), c = T.Load(cosines + i), s = T.Load(sines + i);
            T.Store(x * c - y * s, head + i);
            T.Store(y * c + x * s, head + half + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float AttentionWeights(int* scores, int n, int from, int to, float queryScale, float* keyScales,
        float* valueScales, float* scratch, byte* weights)
    {
        float* exponentials = scratch, weighted = scratch + n;
        T scale = T.Broadcast(queryScale);
        for (int i = 0; i < n; i += T.Count) T.Store(T.Load(scores + i) * (scale * T.Load(keyScales + i)), exponentials + i);
        // Positions outside the window: their exponential rounds to no weight at all.
        new Span<float>(exponentials, from).Fill(-1e30f);
        new Span<float>(exponentials + to, n - to).Fill(-1e30f);

        T largest = T.Load(exponentials);
        for (int i = T.Count; i < n; i += T.Count) largest = T.Max(largest, T.Load(exponentials + i));
        T max = T.Broadcast(T.MaxElement(largest)), magic = T.Broadcast(ExactRounding.Magic);

        T unit = T.Broadcast(65536f), largestWeight = T.Broadcast(0f);
        for (int i = 0; i < n; i += T.Count)
        {
            T e = ExactRounding.Exp(T.Load(exponentials + i) - max);
            T w = e * T.Load(valueScales + i);
            largestWeight = T.Max(largestWeight, w);
            T.Store(w, weighted + i);
            T.StoreBits(e * unit + magic, -ExactRounding.MagicBits, scores + i);
        }
        float maxWeight = T.MaxElement(largestWeight);
        if (!(maxWeight >= RowKernels.Smallest))
        {
            new Span<byte>(weights, n).Clear();
            return 0;
        }
        T inverse = T.Broadcast(127f / maxWeight);
        for (int i = 0; i < n; i += T.Count) T.StoreLowBytes(T.Load(weighted + i) * inverse + magic, 0, weights + i);
        float total = RowKernels.Sum(scores, n);
        return maxWeight / 127f / (total / 65536f);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void VocabularyWeights(int* acc, float rowScale, float* scales, int n, int bits, float* logits)
    {
        T scale = T.Broadcast(rowScale), largest = T.Broadcast(-1e30f);
        for (int i = 0; i < n; i += T.Count)
        {
            T logit = T.Load(acc + i) * (scale * T.Load(scales + i));
            T.Store(logit, logits + i);
            largest = T.Max(largest, logit);
        }
        T max = T.Broadcast(T.MaxElement(largest)), unit = T.Broadcast(1 << bits), magic = T.Broadcast(ExactRounding.Magic);
        for (int i = 0; i < n; i += T.Count)
            T.StoreBits(ExactRounding.Exp(T.Load(logits + i) - max) * unit + magic, -ExactRounding.MagicBits, acc + i);
    }
}

namespace Compressor.Kernels;

/// <summary>
/// The elementwise steps between matrix products, over rows whose length is a multiple of 32 unless said otherwise. Each is
/// written once, in <see cref="RowKernels{T}"/>, for every vector width.
/// </summary>
internal abstract unsafe class RowKernels
{
    /// <summary>A row counts as zero when its largest magnitude is below this, so that no reciprocal overflows.</summary>
    public const float MinMagnitude = 1e-20f;

    /// <summary>The steps at the width of an instruction set.</summary>
    public static RowKernels For(InstructionSet set) => set switch
    {
        InstructionSet.Avx512 => new RowKernels<Float16>(),
        InstructionSet.Avx2 or InstructionSet.AvxVnni => new RowKernels<Float8>(),
        InstructionSet.Vector128 or InstructionSet.ArmDp => new RowKernels<Float4>(),
        _ => new RowKernels<Float1>(),
    };

    /// <summary>
    /// Quantises x [n] to bytes round(x · limit / max|x|) + offset and returns the scale max|x| / limit (0 for a zero row).
    /// </summary>
    public abstract float Quantize(float* x, int n, float limit, int offset, byte* bytes);

    /// <summary>
    /// RMS norm and quantisation in one: bytes as <see cref="Quantize"/> with limit 127 and offset 128; the scale
    /// returned is that of x / rms(x), √(n / Σq²), whatever max|x| was. Σq² is below 2^29, as n ≤ 2^14.
    /// </summary>
    public abstract float QuantizeNormalized(float* x, int n, byte* bytes);

    /// <summary>
    /// Squared ReLU and quantisation in one: bytes as <see cref="Quantize"/> of max(acc · (rowScale · scales), 0)² with limit
    /// 255 and offset 0: never negative, so all 255 steps of the byte are above zero.
    /// </summary>
    /// <param name="acc">[n] products.</param>
    /// <param name="rowScale">Scale of the row.</param>
    /// <param name="scales">[n] scale of each output.</param>
    /// <param name="n">Elements.</param>
    /// <param name="hidden">[n] scratch.</param>
    /// <param name="bytes">[n] result.</param>
    /// <returns>The scale of the result.</returns>
    public abstract float QuantizeSquaredRelu(int* acc, float rowScale, float* scales, int n, float* hidden, byte* bytes);

    /// <summary>y[i] = acc[i] · (rowScale · scales[i]).</summary>
    public abstract void Dequantize(int* acc, float rowScale, float* scales, int n, float* y);

    /// <summary>x[i] += acc[i] · (rowScale · scales[i]).</summary>
    public abstract void DequantizeAdd(int* acc, float rowScale, float* scales, int n, float* x);

    /// <summary>
    /// Rotates consecutive heads in place, pair i of each with i + half: (x, y) → (x·cos − y·sin, y·cos + x·sin).
    /// </summary>
    /// <param name="x">[heads, 2 · half].</param>
    /// <param name="heads">Heads.</param>
    /// <param name="half">Pairs of a head, a multiple of 16.</param>
    /// <param name="cosines">[half].</param>
    /// <param name="sines">[half].</param>
    public abstract void Rotate(float* x, int heads, int half, float* cosines, float* sines);

    /// <summary>
    /// Attention weights of one row. scores [n] become, where from ≤ j &lt; to and else 0, bytes
    /// round(127 · w_j / max w) with w_j = e^(s_j − max s) · valueScales_j and s_j = scores_j · (queryScale · keyScales_j).
    /// </summary>
    /// <param name="scores">[n] integer products of query and keys; n is a multiple of 16.</param>
    /// <param name="n">Positions looked at.</param>
    /// <param name="from">First position that counts.</param>
    /// <param name="to">One past the last that counts; at least one does.</param>
    /// <param name="queryScale">Scale of the query, 1/√headSize included.</param>
    /// <param name="keyScales">[n].</param>
    /// <param name="valueScales">[n].</param>
    /// <param name="scratch">[n] floats.</param>
    /// <param name="weights">[n] bytes, 0…127.</param>
    /// <returns>The factor of Σ weights · values: (max w / 127) / (Σ round(2^16 · e^(s_j − max s)) / 2^16).</returns>
    public abstract float AttentionWeights(int* scores, int n, int from, int to, float queryScale, float* keyScales,
        float* valueScales, float* scratch, byte* weights);

    /// <summary>
    /// Softmax weights of logits l_v = acc_v · (rowScale · scales_v), in place: acc_v becomes round(2^bits · e^(l_v − max l)).
    /// </summary>
    /// <param name="acc">[n] products, then weights.</param>
    /// <param name="rowScale">Scale of the row.</param>
    /// <param name="scales">[n] scale of each output.</param>
    /// <param name="n">Vocabulary.</param>
    /// <param name="bits">At most 22.</param>
    /// <param name="logits">[n] scratch.</param>
    public abstract void VocabularyWeights(int* acc, float rowScale, float* scales, int n, int bits, float* logits);

    /// <summary>Adds row · scale to x [n].</summary>
    public abstract void AddScaledBytes(sbyte* row, float scale, int n, float* x);

    /// <summary>y[i] = acc[i] · scale.</summary>
    public abstract void Scale(int* acc, float scale, int n, float* y);
}

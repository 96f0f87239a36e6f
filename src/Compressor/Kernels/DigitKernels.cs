namespace Compressor.Kernels;

/// <summary>
/// The elementwise steps of networks whose activations have 14 bits: two digits to the base <see cref="Base"/>, each a byte of <see cref="Int8Product"/>. Rows
/// have a multiple of 32 elements. Each step is written once, in <see cref="DigitKernels{T}"/>, for every vector width.
/// </summary>
/// <remarks>
/// x ≈ scale · q with |q| ≤ <see cref="Limit"/> and q = 128·high + low, high and low in [−64, 63]. A byte holds a digit + 64, at most 127, so that by its precondition
/// (P) a product takes any signed byte as a weight. The row of high digits comes first, then that of low ones: a row is two rows of a product, of which
/// 128 times the first plus the second is the row's. Against 8 bits this costs one more product of the same bytes, and a row may hold values a thousand times its
/// others, as rows of large models do.
/// </remarks>
internal abstract unsafe class DigitKernels
{
    /// <summary>Base of the digits.</summary>
    public const int Base = 128;

    /// <summary>What a digit is stored above.</summary>
    public const int Offset = 64;

    /// <summary>The largest magnitude of a quantised activation.</summary>
    public const int Limit = 8127;

    /// <summary>The largest quantised attention weight: two digits of 0 to 127, without an offset.</summary>
    public const int WeightLimit = 16383;

    /// <summary>The steps at the width of an instruction set.</summary>
    public static DigitKernels For(InstructionSet set) => set switch
    {
        InstructionSet.Avx512 => new DigitKernels<Float16>(),
        InstructionSet.Avx2 or InstructionSet.AvxVnni => new DigitKernels<Float8>(),
        InstructionSet.Vector128 or InstructionSet.ArmDp => new DigitKernels<Float4>(),
        _ => new DigitKernels<Float1>(),
    };

    /// <summary>Quantises x [n] to digits [2, n]; returns the scale, 0 for a row of zeros.</summary>
    public abstract float Quantize(float* x, int n, byte* digits);

    /// <summary>
    /// y = (x − m) · (1 / √(v + epsilon)) · gain + bias, where m is 0 and v the mean square, or, if centred, m is the mean and v the variance. Both are those of the quantised
    /// row, whose sums are integers.
    /// </summary>
    /// <param name="x">[n], zeros from <paramref name="count"/> on.</param>
    /// <param name="n">Elements.</param>
    /// <param name="count">Elements that count.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="centred">LayerNorm; else RMSNorm.</param>
    /// <param name="gain">[n], zeros from <paramref name="count"/> on.</param>
    /// <param name="bias">[n], or null for zeros.</param>
    /// <param name="y">[n] result; may be x.</param>
    public abstract void Normalize(float* x, int n, int count, float epsilon, bool centred, float* gain, float* bias, float* y);

    /// <summary>y[i] = (128 · high[i] + low[i]) · (rowScale · scales[i]) + bias[i].</summary>
    /// <param name="high">[n] products of the row of high digits.</param>
    /// <param name="low">[n] those of the row of low digits.</param>
    /// <param name="rowScale">Scale of the row.</param>
    /// <param name="scales">[n] scale of each output.</param>
    /// <param name="bias">[n], or null for zeros.</param>
    /// <param name="n">Outputs.</param>
    /// <param name="y">[n] result.</param>
    public abstract void Dequantize(int* high, int* low, float rowScale, float* scales, float* bias, int n, float* y);

    /// <summary>y[i] = (128 · high[i] + low[i]) · scale.</summary>
    public abstract void Scale(int* high, int* low, float scale, int n, float* y);

    /// <summary>x[i] += y[i].</summary>
    public abstract void Add(float* x, float* y, int n);

    /// <summary>gate[i] = gate[i] · σ(gate[i]) · up[i], with the logistic function σ.</summary>
    public abstract void GateBySilu(float* gate, float* up, int n);

    /// <summary>x = x · σ(2·√(2/π) · (x + 0.044715·x³)): the Gaussian error linear unit by its tanh form.</summary>
    public abstract void Gelu(float* x, int n);

    /// <summary>
    /// Attention weights of one row: digits [2, n] of round(16383 · w_j / max w) where from ≤ j &lt; to and else 0, with w_j = e^(s_j − max s) · valueScales_j and
    /// s_j = (2^14 · highHigh_j + 2^7 · (highLow_j + lowHigh_j) + lowLow_j) · (queryScale · keyScales_j).
    /// </summary>
    /// <param name="highHigh">[n] products of high digits of the query with high digits of keys.</param>
    /// <param name="highLow">[n] high with low.</param>
    /// <param name="lowHigh">[n] low with high.</param>
    /// <param name="lowLow">[n] low with low.</param>
    /// <param name="n">Positions looked at, a multiple of 32.</param>
    /// <param name="from">First position that counts.</param>
    /// <param name="to">One past the last that counts; at least one does.</param>
    /// <param name="queryScale">Scale of the query, with all that scales scores.</param>
    /// <param name="keyScales">[n].</param>
    /// <param name="valueScales">[n].</param>
    /// <param name="scratch">[n].</param>
    /// <param name="digits">[2, n] result.</param>
    /// <returns>The factor of Σ weights · values: (max w / 16383) / (Σ round(2^18 · e^(s_j − max s)) / 2^18).</returns>
    public abstract float AttentionWeights(int* highHigh, int* highLow, int* lowHigh, int* lowLow, int n, int from, int to, float queryScale,
        float* keyScales, float* valueScales, float* scratch, byte* digits);

    /// <summary>weights[v] = round(2^bits · e^(logits_v − max logits)).</summary>
    public abstract void SoftmaxWeights(float* logits, int n, int bits, int* weights);
}

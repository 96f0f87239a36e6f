namespace Compressor.Kernels;

/// <summary>
/// Arithmetic of a network that learns while it codes: products and sums of floats that have one result on every machine.
/// Written once, in <see cref="FloatKernels{T}"/>, for every vector width.
/// </summary>
/// <remarks>
/// (*1) An element of a product is a sum whose terms are added one after the other, in the order of their index, each product rounded before it is
/// added. Vectors lie across elements, never along a sum, so width, tiling and threads cannot be seen in it.
/// (*2) A sum over a row is 16 partial sums, of the elements with the same index modulo 16, each in order; then the second half of them is added to the
/// first, four times.
/// Rows have lengths that are multiples of 16 unless said otherwise.
/// </remarks>
internal abstract unsafe class FloatKernels
{
    /// <summary>The partial sums of a row.</summary>
    public const int PartialSums = 16;

    /// <summary>No weight leaves [−limit, limit], so that nothing overflows on the way forward.</summary>
    public const float WeightLimit = 4096f;

    /// <summary>Keeps the mean of squares of a row from zero.</summary>
    public const float Epsilon = 1e-6f;

    /// <summary>The arithmetic at the width of an instruction set.</summary>
    public static FloatKernels For(InstructionSet set) => set switch
    {
        InstructionSet.Avx512 => new FloatKernels<Float16>(),
        InstructionSet.Avx2 or InstructionSet.AvxVnni => new FloatKernels<Float8>(),
        InstructionSet.Vector128 or InstructionSet.ArmDp => new FloatKernels<Float4>(),
        _ => new FloatKernels<Float1>(),
    };

    /// <summary>c[i, j] = (c[i, j] if accumulating, else 0) + Σ_k a[i, k] · b[k, j], by (*1).</summary>
    /// <param name="a">Element (i, k) is at i · <paramref name="aRow"/> + k · <paramref name="aTerm"/>.</param>
    /// <param name="aRow">From a row of a to the next.</param>
    /// <param name="aTerm">From a term of a to the next.</param>
    /// <param name="b">[terms, columns].</param>
    /// <param name="bRow">From a row of b to the next.</param>
    /// <param name="c">[rows, columns].</param>
    /// <param name="cRow">From a row of c to the next.</param>
    /// <param name="rows">Any number.</param>
    /// <param name="terms">Any number.</param>
    /// <param name="columns">A multiple of 16.</param>
    /// <param name="accumulate">Whether the sums go on from what c holds.</param>
    public abstract void Product(
        float* a, int aRow, int aTerm, float* b, int bRow, float* c, int cRow, int rows, int terms, int columns, bool accumulate);

    /// <summary>Σ x_i · y_i, by (*2).</summary>
    public abstract float Dot(float* x, float* y, int n);

    /// <summary>Σ x_i, by (*2).</summary>
    public abstract float Sum(float* x, int n);

    /// <summary>y = x · f; in place or not.</summary>
    public abstract void Scale(float* x, float f, float* y, int n);

    /// <summary>x += y · f.</summary>
    public abstract void AddScaled(float* x, float* y, float f, int n);

    /// <summary>RMS norm of a row: y = x · r with r = 1 / √(Σ x² / n + <see cref="Epsilon"/>).</summary>
    /// <returns>r.</returns>
    public float Normalize(float* x, float* y, int n)
    {
        var r = 1f / MathF.Sqrt((Dot(x, x, n) / n) + Epsilon);
        Scale(x, r, y, n);
        return r;
    }

    /// <summary>Backward of <see cref="Normalize"/>: dx += r · (dy − y · (Σ dy · y / n)).</summary>
    public abstract void NormalizeBackward(float* dy, float* y, float r, float* dx, int n);

    /// <summary>Squared ReLU: h = max(u, 0), in place, and a = h².</summary>
    public abstract void SquaredRelu(float* u, float* a, int n);

    /// <summary>Backward of <see cref="SquaredRelu"/>: du = 2 · h · da.</summary>
    public abstract void SquaredReluBackward(float* h, float* da, float* du, int n);

    /// <summary>Softmax of the first <paramref name="count"/> of [n] scores, in place; the others become 0.</summary>
    public abstract void Softmax(float* scores, int count, int n);

    /// <summary>Backward of <see cref="Softmax"/>: ds = p · (dp − Σ dp · p), in place of dp.</summary>
    public abstract void SoftmaxBackward(float* p, float* dp, int n);

    /// <summary>
    /// Of the first <paramref name="count"/> of [n] logits: weights round(2^bits · e^(l − max l)) as integers; the logits become e^(l − max l).
    /// The others become 0 in both.
    /// </summary>
    public abstract void VocabularyWeights(float* logits, int count, int n, int bits, int* weights);

    /// <summary>w −= rate · g, within ±<see cref="WeightLimit"/>.</summary>
    /// <returns>Whether all were numbers before the limit.</returns>
    public abstract bool Step(float* w, float* g, float rate, int n);

    /// <summary>y[j, i] = x[i, j] for x [rows, columns], both multiples of 16; y is dense.</summary>
    /// <param name="x">Rows of it are <paramref name="xRow"/> apart.</param>
    /// <param name="xRow">From a row of x to the next.</param>
    /// <param name="rows">Rows of x.</param>
    /// <param name="columns">Columns of x.</param>
    /// <param name="y">[columns, rows].</param>
    /// <param name="add">Whether to add to what y holds.</param>
    public static void Transpose(float* x, int xRow, int rows, int columns, float* y, bool add)
    {
        const int Tile = 16;
        for (var i = 0; i < rows; i += Tile)
        {
            for (var j = 0; j < columns; j += Tile)
            {
                for (var v = j; v < j + Tile; v++)
                {
                    float* from = x + ((long)i * xRow) + v, to = y + ((long)v * rows) + i;
                    if (add)
                    {
                        for (var u = 0; u < Tile; u++)
                            to[u] += from[(long)u * xRow];
                    }
                    else
                    {
                        for (var u = 0; u < Tile; u++)
                            to[u] = from[(long)u * xRow];
                    }
                }
            }
        }
    }
}


using Compressor.Training.Compute;

namespace Compressor.Training.Inference;

/// <summary>
/// The steps of docs/exactness.md between the matrix products, in tensor operations that have one possible result:
/// single IEEE operations, and sums of whole numbers below 2^24, which binary32 holds exactly in any order.
/// </summary>
/// <remarks>
/// A number divided by a tensor is written as a division of two tensors: libraries compute the former with a reciprocal,
/// which rounds twice.
/// </remarks>
internal static class ExactSteps
{
    /// <summary>Whole numbers up to this are exact in binary32.</summary>
    public const int MaxWhole = 1 << 24;

    /// <summary>A row counts as zero when its largest magnitude is below 1e-20, that is, not above this.</summary>
    private static readonly float BelowMinMagnitude = MathF.BitDecrement(1e-20f);

    /// <summary>Quantises rows: whole numbers round(x · limit / max|x|) and the scale max|x| / limit, 0 for a zero row.</summary>
    /// <param name="x">[…, n].</param>
    /// <param name="limit">The largest magnitude of the result.</param>
    /// <returns>[…, n] and […, 1].</returns>
    public static (Tensor Values, Tensor Scale) Quantize(Tensor x, float limit)
    {
        var largest = x.abs().amax([-1], keepdim: true);
        return ((x * Reciprocal(limit, largest)).round(), OrZero(largest) / Filled(largest, limit));
    }

    /// <summary>Quantises rows to ±127 and gives the scale of x / rms(x): √(n / Σq²), 0 for a zero row.</summary>
    public static (Tensor Values, Tensor Scale) Normalize(Tensor x)
    {
        var values = Quantize(x, 127).Values;
        var squares = Sum(values * values, 127 * 127).Above(0, float.PositiveInfinity);
        return (values, ExactRoot.Of(Filled(squares, x.shape[^1]) / squares));
    }

    /// <summary>limit / x, 0 where x counts as zero.</summary>
    public static Tensor Reciprocal(float limit, Tensor x) => Filled(x, limit) / x.Above(BelowMinMagnitude, float.PositiveInfinity);

    /// <summary>x, 0 where it counts as zero.</summary>
    public static Tensor OrZero(Tensor x) => x.Above(BelowMinMagnitude, 0);

    /// <summary>A tensor of that shape with one value.</summary>
    public static Tensor Filled(Tensor like, float value) => ScalarOperations.Full(like.shape, value);

    /// <summary>Sum over the last dimension, rounded once.</summary>
    /// <param name="x">Whole numbers from 0 to <paramref name="largest"/>.</param>
    /// <param name="largest">At most 2^16; there are at most 2^14 of them.</param>
    public static Tensor Sum(Tensor x, int largest)
    {
        const int Unit = 256;
        if (x.shape[^1] * largest <= MaxWhole)
            return x.sum(-1, keepdim: true);
        var high = x.Times(1f / Unit).floor();
        var low = x - high.Times(Unit);
        return high.sum(-1, keepdim: true).Times(Unit).Plus(low.sum(-1, keepdim: true));
    }

    /// <summary>e^x for x ≤ 0; below e^−80 it is e^−80.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="powers">See <see cref="PowersOfTwo"/>.</param>
    public static Tensor Exp(Tensor x, Tensor powers)
    {
        var z = x.AtLeast(-80f).Times(1.44269504f);
        var n = z.round();
        var f = z - n;
        var p = f.Times(1.5403530e-4f).Plus(1.3333558e-3f);
        p = (p * f).Plus(9.6181291e-3f);
        p = (p * f).Plus(5.5504109e-2f);
        p = (p * f).Plus(0.24022651f);
        p = (p * f).Plus(0.69314718f);
        p = (p * f).Plus(1f);
        return p * powers.index_select(0, n.Times(-1f).view(-1).to_type(ScalarType.Int64)).view(x.shape);
    }

    /// <summary>2^−k for k = 0 … 116: multiplying by one adds −k to the exponent, exactly.</summary>
    public static Tensor PowersOfTwo()
    {
        var powers = new float[117];
        for (var k = 0; k < powers.Length; k++)
            powers[k] = MathF.ScaleB(1, -k);
        return torch.tensor(powers);
    }
}

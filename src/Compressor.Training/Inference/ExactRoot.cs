namespace Compressor.Training.Inference;

/// <summary>Square roots as IEEE 754 has them. libtorch's for binary32 may be a unit in the last place off.</summary>
/// <remarks>
/// Scaled to x in [1, 4), a multiple of 2^−23, the root lies in [1, 2), and the midpoints m of two floats there are odd
/// multiples of 2^−24; so |x − m²| ≥ 2^−48 and |√x − m| &gt; 2^−50. A binary64 root that is off by less than 2^−52, a unit in
/// its last place, is therefore on the right side of every midpoint.
/// </remarks>
internal static class ExactRoot
{
    /// <summary>√x, correctly rounded.</summary>
    public static Tensor Of(Tensor x) => x.to_type(ScalarType.Float64).sqrt().to_type(ScalarType.Float32);
}

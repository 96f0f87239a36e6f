namespace Compressor.Training.Engine;

/// <summary>Square roots as IEEE 754 has them.</summary>
internal static class ExactRoot
{
    /// <summary>√x, correctly rounded.</summary>
    public static Tensor Of(Tensor x) => x.sqrt();
}

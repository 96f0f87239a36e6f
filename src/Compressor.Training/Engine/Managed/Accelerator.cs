namespace Compressor.Training.Engine;

/// <summary>Where tensors are made.</summary>
internal static class Accelerator
{
    /// <summary>The managed engine has no other place than main memory.</summary>
    public static void UseIfPresent()
    {
    }
}

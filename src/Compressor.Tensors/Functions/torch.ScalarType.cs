namespace Compressor.Tensors;

/// <summary>
/// Tensors, modules and optimisers with TorchSharp's names and semantics, in managed code. Every operation gives the
/// same bits on every machine and with any number of threads.
/// </summary>
public static partial class torch
{
    /// <summary>32-bit floats.</summary>
    public static ScalarType float32 => ScalarType.Float32;

    /// <summary>64-bit integers.</summary>
    public static ScalarType int64 => ScalarType.Int64;

    /// <summary>Element types; the numbers are PyTorch's.</summary>
    public enum ScalarType
    {
        /// <summary>64-bit integers: indices and targets. They never carry gradients.</summary>
        Int64 = 4,

        /// <summary>32-bit floats.</summary>
        Float32 = 6,
    }
}

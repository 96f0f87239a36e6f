namespace Compressor.Training;

/// <summary>Where tensors are and products are computed.</summary>
public enum TorchDevice
{
    /// <summary>The first CUDA device if libtorch is one for CUDA and sees it, else the processor.</summary>
    Auto,

    /// <summary>The processor.</summary>
    Cpu,

    /// <summary>The first CUDA device.</summary>
    Cuda,
}

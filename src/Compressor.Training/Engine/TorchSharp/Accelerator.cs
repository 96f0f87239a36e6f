namespace Compressor.Training.Engine;

/// <summary>Where tensors are made.</summary>
internal static class Accelerator
{
    /// <summary>From now on, on the first CUDA device if libtorch sees one.</summary>
    public static void UseIfPresent()
    {
        if (torch.cuda.is_available())
            torch.set_default_device(torch.CUDA);
    }
}

using Compressor.Prediction.Networks;
using Compressor.Training.Native;

namespace Compressor.Training.Inference;

/// <summary>
/// Loads models that the tensor library runs instead of the compressor's own kernels: the managed engine, or libtorch on
/// a processor or a graphics card (docs/torchsharp.md). Compressed data is the same to the byte.
/// </summary>
public static class TorchEngine
{
    /// <summary>Loads a model from a folder.</summary>
    /// <param name="directory">A folder with <c>config.json</c>, <c>tokenizer.json</c> and <c>model.safetensors</c>.</param>
    /// <param name="threads">Threads of the tensor library; 0 for as many as there are cores.</param>
    /// <param name="device">Where the model runs.</param>
    /// <exception cref="IOException">A file, or libtorch, is missing or cannot be read.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or not what can be run exactly.</exception>
    public static LanguageModel Load(string directory, int threads = 0, TorchDevice device = TorchDevice.Auto)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        LibTorch.Load(device);
        torch.set_num_threads(threads == 0 ? Environment.ProcessorCount : threads);
        return LanguageModel.Load(directory, Create);
    }

    internal static INetwork Create(ModelConfig config, SafetensorsFile weights)
    {
        _ = new TransformerWeights(config, weights); // the one place that checks them
        return new TorchPredictor(config, weights);
    }
}

using Compressor.Container;

namespace Compressor;

/// <summary>How to decompress.</summary>
/// <example><code>
/// var options = new LmzDecompressionOptions { Models = [LanguageModel.Load("my-model")], MaxContentLength = 100_000_000 };
/// byte[] content = Lmz.Decompress(File.ReadAllBytes("notes.md.lmz"), options);
/// </code></example>
public sealed class LmzDecompressionOptions
{
    /// <summary>How many threads to decompress with; 0 for as many as there are cores. The content does not depend on it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 0.</exception>
    public int Threads
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            field = value;
        }
    }

    /// <summary>What <see cref="Threads"/> comes to: the number itself, or for 0 that of the cores.</summary>
    internal int ThreadCount => Threads == 0 ? Environment.ProcessorCount : Threads;

    /// <summary>The models at hand; null or none for those that come with the library.</summary>
    public IReadOnlyList<LanguageModel>? Models { get; init; }

    /// <summary>
    /// The most content in bytes that is accepted: a few bytes of hostile data can stand for very much. Data that has more is
    /// refused before the block that goes beyond is decoded. No limit unless set.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 0.</exception>
    public long MaxContentLength
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            field = value;
        }
    } = long.MaxValue;

    /// <summary>
    /// The most content in bytes that is accepted where it must be predicted, by a transformer or by context mixing: that takes up to some tens of
    /// microseconds a byte, while content that is stored or Brotli takes next to no time. Data that asks for more work is refused before the block that
    /// goes beyond is decoded. For an <see cref="LmzReader"/> it is a limit on each call. No limit unless set.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 0.</exception>
    public long MaxPredictedLength
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            field = value;
        }
    } = long.MaxValue;

    /// <summary>The dictionary that the data was made with, if any; what needs none is read all the same.</summary>
    public LmzDictionary? Dictionary { get; init; }

    internal IEnumerable<LanguageModel> ModelsAtHand => Models is null or [] ? BuiltInModels.Installed : Models;

    /// <summary>The dictionary that a frame needs; null for none, or if it is missing.</summary>
    internal LmzDictionary? FindDictionary(ulong? hash, out IOException? missing)
    {
        missing = hash is { } needed && Dictionary?.Hash != needed
            ? new DictionaryNotFoundException(FrameHeader.DictionaryIdOf(needed), Dictionary?.Id) : null;
        return hash is not null && missing is null ? Dictionary : null;
    }

    /// <summary>The model of that id; null if it is missing.</summary>
    internal LanguageModel? Find(ModelId id, out IOException? missing)
    {
        var model = ModelsAtHand.FirstOrDefault(model => model.Id == id);
        missing = model is null ? new ModelNotFoundException(id, [.. ModelsAtHand.Select(model => model.Id)]) : null;
        return model;
    }
}

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

    /// <summary>The dictionary that the data was made with, if any; what needs none is read all the same.</summary>
    public LmzDictionary? Dictionary { get; init; }

    internal IEnumerable<LanguageModel> ModelsAtHand => Models is null or [] ? BuiltInModels.All : Models;

    /// <summary>The dictionary that a frame needs, or null.</summary>
    /// <exception cref="DictionaryNotFoundException">It is not at hand.</exception>
    internal LmzDictionary? FindDictionary(ulong? hash)
    {
        if (hash is not { } needed)
            return null;
        return Dictionary?.Hash == needed ? Dictionary : throw new DictionaryNotFoundException(Container.FrameHeader.DictionaryIdOf(needed), Dictionary?.Id);
    }

    /// <summary>The model of that id.</summary>
    /// <exception cref="ModelNotFoundException">It is not at hand.</exception>
    internal LanguageModel Find(ModelId id)
    {
        return ModelsAtHand.FirstOrDefault(model => model.Id == id)
            ?? throw new ModelNotFoundException(id, [.. ModelsAtHand.Select(model => model.Id)]);
    }
}

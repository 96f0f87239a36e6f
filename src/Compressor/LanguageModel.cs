using Compressor.Model;
using Compressor.Text;

namespace Compressor;

/// <summary>
/// A language model to compress and decompress with: a tokenizer and a transformer. Immutable; one instance serves any
/// number of threads and calls.
/// </summary>
public sealed class LanguageModel
{
    private const string DefaultName = "en-fast";

    private static readonly Lazy<LanguageModel> LazyDefault = new(() => Load(FindDefault()));

    internal LanguageModel(string name, ModelId id, Tokenizer tokenizer, ITokenModel tokenModel)
    {
        if (tokenizer.VocabularySize != tokenModel.VocabularySize)
            throw new InvalidDataException($"The tokenizer has {tokenizer.VocabularySize} tokens and the model {tokenModel.VocabularySize}.");

        Name = name;
        Id = id;
        Tokenizer = tokenizer;
        TokenModel = tokenModel;
    }

    /// <summary>
    /// The model used unless another is given: <c>models/en-fast</c> beside the application or in a folder above it.
    /// Loaded at first use.
    /// </summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">Its files are damaged.</exception>
    public static LanguageModel Default => LazyDefault.Value;

    /// <summary>The name of the folder that the model came from.</summary>
    public string Name { get; }

    /// <summary>Says in compressed data which model it was made with.</summary>
    public ModelId Id { get; }

    internal Tokenizer Tokenizer { get; }

    internal ITokenModel TokenModel { get; }

    /// <summary>Loads a model from a folder.</summary>
    /// <param name="directory">A folder with <c>config.json</c>, <c>tokenizer.json</c> and <c>model.safetensors</c>.</param>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or not what this library can run exactly.</exception>
    public static LanguageModel Load(string directory) => Load(directory, static (config, weights) => new Transformer(config, weights));

    /// <summary>Loads a model to be run by another engine.</summary>
    /// <param name="directory">As above.</param>
    /// <param name="engine">Makes the token model; it checks the weights.</param>
    internal static LanguageModel Load(string directory, Func<ModelConfig, SafetensorsFile, ITokenModel> engine)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        using var configFile = File.OpenRead(Path.Combine(directory, "config.json"));
        using var tokenizerFile = File.OpenRead(Path.Combine(directory, "tokenizer.json"));
        var config = ModelConfig.Load(configFile);
        var tokenizer = TokenizerFile.Load(tokenizerFile);
        var weights = SafetensorsFile.Load(File.ReadAllBytes(Path.Combine(directory, "model.safetensors")));
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory)));
        return new LanguageModel(name, IdOf(config, tokenizer, weights), tokenizer, engine(config, weights));
    }

    /// <summary>The id depends on what the files say, not on how their JSON is laid out.</summary>
    private static ModelId IdOf(ModelConfig config, Tokenizer tokenizer, SafetensorsFile weights)
    {
        using var description = new MemoryStream();
        config.Save(description);
        TokenizerFile.Save(tokenizer, description);
        return new ModelId(weights.ContentHash(description.ToArray()));
    }

    private static string FindDefault()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "models", DefaultName);
            if (Directory.Exists(candidate))
                return candidate;
        }

        throw new DirectoryNotFoundException(
            $"The built-in language model is missing: no folder models/{DefaultName} in {AppContext.BaseDirectory} or above it.");
    }
}

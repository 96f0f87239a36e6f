using System.IO.Compression;
using Compressor.Kernels;
using Compressor.Prediction;
using Compressor.Prediction.Networks;
using Compressor.Prediction.Networks.Decoders;
using Compressor.Prediction.Networks.Ngram;
using Compressor.Symbols;

namespace Compressor;

/// <summary>
/// A language model to compress and decompress with: a tokenizer and a transformer. Immutable; one instance serves any
/// number of threads and calls.
/// </summary>
public sealed class LanguageModel
{
    private const string ConfigFile = "config.json";
    private const string TokenizerFileName = "tokenizer.json";
    private const string WeightsFile = "model.safetensors";

    // Files are read into memory as a whole.
    private const int MaxConfigBytes = 1 << 20;
    private const int MaxTokenizerBytes = 1 << 26;
    private const int MaxWeightsBytes = 1 << 30;

    internal LanguageModel(string name, ModelId id, ITokenizer tokenizer, ITokenModel tokenModel)
        : this(name, id, tokenizer, VocabularyOf(tokenizer), tokenModel, 0)
    {
    }

    private LanguageModel(string name, ModelId id, ITokenizer tokenizer, TokenTree vocabulary, ITokenModel tokenModel, long size)
    {
        if (vocabulary.VocabularySize != tokenModel.VocabularySize)
            throw new InvalidDataException($"The tokenizer has {vocabulary.VocabularySize} tokens and the model {tokenModel.VocabularySize}.");

        Name = name;
        Id = id;
        Tokenizer = tokenizer;
        Vocabulary = vocabulary;
        TokenModel = tokenModel;
        Size = size;
    }

    /// <summary>
    /// The model of levels up to 6, unless another is given: <c>models/en-fast</c> beside the application or in one of the four folders above it.
    /// Loaded at first use.
    /// </summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">Its files are damaged.</exception>
    public static LanguageModel Default => BuiltInModels.Get(BuiltInModels.Fast);

    /// <summary>
    /// The model of levels from 7 on, unless another is given: <c>models/en-base</c>, which takes three times as long as
    /// <see cref="Default"/> and predicts better. Loaded at first use.
    /// </summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">Its files are damaged.</exception>
    public static LanguageModel Base => BuiltInModels.Get(BuiltInModels.Base);

    /// <summary>The name of the folder that the model came from.</summary>
    public string Name { get; }

    /// <summary>Says in compressed data which model it was made with.</summary>
    public ModelId Id { get; }

    /// <summary>The length of its files in bytes, uncompressed: what a receiver needs besides the compressed data.</summary>
    public long Size { get; }

    /// <summary>How many tokens there are; they are numbered from 0.</summary>
    public int VocabularySize => Vocabulary.IdCount;

    internal ITokenizer Tokenizer { get; }

    /// <summary>The tokens by rank, as <see cref="TokenModel"/> predicts them.</summary>
    internal TokenTree Vocabulary { get; }

    internal ITokenModel TokenModel { get; }

    /// <summary>Loads a model from a folder.</summary>
    /// <param name="directory">
    /// A folder with <c>config.json</c>, <c>tokenizer.json</c> and <c>model.safetensors</c>: a model of this project (at most 1 MiB, 64 MiB and 1 GiB), a copy that
    /// <see cref="Import"/> made, or a model of another kind as Hugging Face keeps it (Llama, Mistral, Qwen2, Qwen3, Phi-3, GPT-2; docs/models.md), whose weights, in one
    /// file or several, are of any length.
    /// </param>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or not what this library can run exactly.</exception>
    /// <example><code>var model = LanguageModel.Load("models/my-model");</code></example>
    public static LanguageModel Load(string directory) => Load(directory, static (config, weights) => new NgramTransformer(config, weights));

    /// <summary>Loads a model to be run by another engine.</summary>
    /// <param name="directory">As above.</param>
    /// <param name="engine">Makes the network; it checks the weights.</param>
    internal static LanguageModel Load(string directory, Func<ModelConfig, SafetensorsFile, INetwork> engine)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        var name = NameOf(directory);
        var (config, tokenizer) = (ReadFile(directory, ConfigFile, MaxConfigBytes), ReadFile(directory, TokenizerFileName, MaxTokenizerBytes));
        return ImportedModel.IsForeign(config)
            ? Of(name, ImportedModel.Load(directory, config, tokenizer, InstructionSets.Current))
            : Load(name, config, tokenizer, ReadFile(directory, WeightsFile, MaxWeightsBytes), engine);
    }

    /// <summary>
    /// Makes a quantised copy of a model of another kind (see <see cref="Load(string)"/>), a quarter as long as one of 32-bit floats, that is loaded without being
    /// quantised again: its weights are used where they lie in the file. The copy has the same <see cref="Id"/>.
    /// </summary>
    /// <param name="directory">The folder of the model.</param>
    /// <param name="destination">The folder of the copy, which must not exist. It appears when it is complete.</param>
    /// <exception cref="IOException">A file is missing or cannot be read, or the destination exists or cannot be written.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or the model is none that can be imported.</exception>
    public static LanguageModel Import(string directory, string destination)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        ArgumentException.ThrowIfNullOrEmpty(destination);
        if (Path.Exists(destination))
            throw new IOException($"{destination} exists");
        var (config, tokenizer) = (ReadFile(directory, ConfigFile, MaxConfigBytes), ReadFile(directory, TokenizerFileName, MaxTokenizerBytes));
        if (!ImportedModel.IsForeign(config))
            throw new InvalidDataException("config.json: this is a model of this project, which needs no import");
        var model = ImportedModel.Load(directory, config, tokenizer, InstructionSets.Current);
        var unfinished = Directory.CreateDirectory(Path.TrimEndingDirectorySeparator(Path.GetFullPath(destination)) + ".unfinished").FullName;
        try
        {
            File.WriteAllBytes(Path.Combine(unfinished, ConfigFile), config);
            File.WriteAllBytes(Path.Combine(unfinished, TokenizerFileName), tokenizer);
            using (var weights = File.Create(Path.Combine(unfinished, WeightsFile)))
                QuantizedCopy.Save(model.Network.Weights, weights);
            Directory.Move(unfinished, destination);
        }
        catch
        {
            Directory.Delete(unfinished, recursive: true);
            throw;
        }

        return Of(NameOf(destination), model);
    }

    private static LanguageModel Of(string name, ImportedModel model) =>
        new(name, new ModelId(model.Hash), model.Tokenizer, model.Vocabulary, new NetworkModel(model.Network), model.Size);

    private static string NameOf(string directory) => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory)));

    private static byte[] ReadFile(string directory, string name, int max)
    {
        using var file = File.OpenRead(Path.Combine(directory, name));
        if (file.Length > max)
            throw TooLong(name, max);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>Starts a text, to be predicted token by token.</summary>
    public LanguageModelSession CreateSession() => new(this);

    /// <summary>The tokens of a text.</summary>
    /// <param name="text">Any bytes.</param>
    public int[] Tokenize(ReadOnlySpan<byte> text)
    {
        var tokens = new List<int>(text.Length / 2);
        Tokenizer.Encode(text, tokens);
        return [.. tokens];
    }

    /// <summary>The bytes that a token stands for; none for one that only marks a place, such as the start of a text.</summary>
    /// <param name="token">Its number.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such token.</exception>
    public ReadOnlySpan<byte> BytesOf(int token)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)token, (uint)VocabularySize, nameof(token));
        return Tokenizer.BytesOf(token);
    }

    /// <summary>What a text costs under this model alone, from its start, without mixing: the negated logarithm to base 2 of its probability.</summary>
    /// <param name="text">Any bytes.</param>
    public double CostInBits(ReadOnlySpan<byte> text)
    {
        var tokens = Tokenize(text);
        var bits = 0.0;
        using var scorer = TokenModel.OpenScorer();
        scorer.Score(tokens, (i, distribution) =>
        {
            var rank = Vocabulary.RankOf(tokens[i]);
            bits -= Math.Log2((double)distribution.MassOf(rank, rank + 1) / distribution.MassOf(1, Vocabulary.VocabularySize));
        }, default);
        return bits;
    }

    /// <summary>Loads a model from one file: the files of its folder as a ZIP archive, at its root or all in one folder of it.</summary>
    /// <param name="archive">The archive; it is read from its position on and stays open.</param>
    /// <param name="name">The name that the model gets.</param>
    /// <exception cref="InvalidDataException">The archive or a file in it is damaged, missing, or not what this library can run exactly.</exception>
    /// <exception cref="IOException">The stream fails.</exception>
    /// <example><code>
    /// using var archive = typeof(MyApp).Assembly.GetManifestResourceStream("my-model.zip")!;
    /// var model = LanguageModel.Load(archive, "my-model");
    /// </code></example>
    public static LanguageModel Load(Stream archive, string name)
    {
        ArgumentNullException.ThrowIfNull(archive);
        ArgumentException.ThrowIfNullOrEmpty(name);
        using var zip = new ZipArchive(archive, ZipArchiveMode.Read, leaveOpen: true);
        return Load(
            name,
            Read(ConfigFile, MaxConfigBytes),
            Read(TokenizerFileName, MaxTokenizerBytes),
            Read(WeightsFile, MaxWeightsBytes),
            static (config, weights) => new NgramTransformer(config, weights));

        byte[] Read(string file, int max)
        {
            var entries = zip.Entries.Where(entry => entry.Name == file).ToList();
            if (entries is not [var entry])
                throw new InvalidDataException($"The archive has {entries.Count} files {file} instead of one.");

            // What the archive says of lengths is not to be trusted.
            using var content = entry.Open();
            using var bytes = new MemoryStream();
            var buffer = new byte[1 << 16];
            while (content.Read(buffer) is > 0 and var count)
            {
                bytes.Write(buffer, 0, count);
                if (bytes.Length > max)
                    throw TooLong(file, max);
            }

            return bytes.ToArray();
        }
    }

    private static InvalidDataException TooLong(string file, int max) => new($"{file} is longer than {max} bytes.");

    private static LanguageModel Load(
        string name, byte[] configFile, byte[] tokenizerFile, byte[] weightsFile, Func<ModelConfig, SafetensorsFile, INetwork> engine)
    {
        var config = ModelConfig.Load(new MemoryStream(configFile));
        var tokenizer = TokenizerFile.Load(new MemoryStream(tokenizerFile));
        if (tokenizer.VocabularySize != config.VocabularySize)
            throw new InvalidDataException($"tokenizer.json has {tokenizer.VocabularySize} tokens and config.json a vocab_size of {config.VocabularySize}.");
        var weights = SafetensorsFile.Load(weightsFile);
        var size = configFile.Length + tokenizerFile.Length + (long)weightsFile.Length;
        // The id is that of the files; what runs has the rows of the head in the order of the vocabulary, so that it predicts ranks.
        var (id, vocabulary) = (IdOf(config, tokenizer, weights), VocabularyOf(tokenizer));
        var ranked = weights.WithRows(vocabulary.Order, "lm_head.weight", "lm_head.weight_scale");
        return new LanguageModel(name, id, tokenizer, vocabulary, new NetworkModel(engine(config, ranked)), size);
    }

    /// <summary>The tokens of a tokenizer by rank.</summary>
    internal static TokenTree VocabularyOf(ITokenizer tokenizer) =>
        new([.. Enumerable.Range(0, tokenizer.VocabularySize).Select(id => tokenizer.BytesOf(id).ToArray())]);

    /// <summary>The id depends on what the files say, not on how their JSON is laid out.</summary>
    private static ModelId IdOf(ModelConfig config, Tokenizer tokenizer, SafetensorsFile weights)
    {
        using var description = new MemoryStream();
        config.Save(description);
        TokenizerFile.Save(tokenizer, description);
        return new ModelId(weights.ContentHash(description.ToArray()));
    }
}

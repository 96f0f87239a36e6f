using System.Globalization;
using System.Text.Json;
using Compressor.Kernels;
using Compressor.Symbols;

namespace Compressor.Prediction.Networks.Decoders;

/// <summary>Somebody else's model, ready to run: a folder with <c>config.json</c>, <c>tokenizer.json</c> and <c>model.safetensors</c> as Hugging Face keeps it, or a quantised copy of one.</summary>
/// <param name="Tokenizer">Its tokens.</param>
/// <param name="Vocabulary">Those that can occur, by rank.</param>
/// <param name="Network">What predicts.</param>
/// <param name="Hash">SHA-256 over all that decides predictions; a model and its copy have the same.</param>
/// <param name="Size">Bytes of its files.</param>
internal sealed record ImportedModel(ImportedTokenizer Tokenizer, TokenTree Vocabulary, DecoderNetwork Network, byte[] Hash, long Size)
{
    /// <summary>What <c>config.json</c> calls models of this project's own kind.</summary>
    private const string OwnType = "compressor";

    private const int MaxDepth = 16;

    /// <summary>Whether a <c>config.json</c> names a model of another kind than this project's own.</summary>
    public static bool IsForeign(ReadOnlyMemory<byte> config)
    {
        try
        {
            using var json = JsonDocument.Parse(config, new JsonDocumentOptions { MaxDepth = MaxDepth });
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("model_type", out var type)
                && type.ValueKind == JsonValueKind.String && !type.ValueEquals(OwnType);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;   // the reader of the own kind says what is wrong
        }
    }

    /// <summary>Loads a model.</summary>
    /// <param name="folder">Has the weights.</param>
    /// <param name="configFile">The content of <c>config.json</c>.</param>
    /// <param name="tokenizerFile">The content of <c>tokenizer.json</c>.</param>
    /// <param name="set">The instruction set to run.</param>
    /// <exception cref="InvalidDataException">A file is damaged, or not what this library can run exactly.</exception>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    public static ImportedModel Load(string folder, byte[] configFile, byte[] tokenizerFile, InstructionSet set)
    {
        try
        {
            using var json = JsonDocument.Parse(configFile, new JsonDocumentOptions { MaxDepth = MaxDepth, AllowDuplicateProperties = false });
            return Load(folder, json.RootElement, tokenizerFile, set, configFile.Length + tokenizerFile.Length);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException($"config.json: {e.Message}", e);
        }
    }

    private static ImportedModel Load(string folder, JsonElement config, byte[] tokenizerFile, InstructionSet set, long size)
    {
        var family = DecoderFamilies.Of(config);
        var shape = family.ShapeOf(config);
        shape.Check();
        var (tokenizer, tree) = Vocabularies(config, shape, tokenizerFile);
        var weightsFile = Path.Combine(folder, SafetensorsFile.FileName);
        var mapped = File.Exists(weightsFile) ? new MappedSafetensors(weightsFile) : null;
        if (mapped is not null && QuantizedCopy.IsCopy(mapped))
            return Made(new DecoderWeights(shape, tree.VocabularySize, new QuantizedCopy(mapped)), size + mapped.Length);
        mapped?.Dispose();
        using var checkpoint = new Checkpoint(folder);
        var source = new CheckpointSource(checkpoint, shape, tree.Order.ToArray(), family.PlacesOf(config, shape, checkpoint.Contains));
        return Made(new DecoderWeights(shape, tree.VocabularySize, source), size + checkpoint.Length);

        ImportedModel Made(DecoderWeights weights, long bytes)
        {
            var network = new DecoderNetwork(weights, tree, set);
            return new(tokenizer, tree, network, network.ContentHash(Describe(shape)), bytes);
        }
    }

    private static (ImportedTokenizer Tokenizer, TokenTree Tree) Vocabularies(JsonElement config, DecoderShape shape, byte[] tokenizerFile)
    {
        var vocabulary = ImportedVocabulary.Load(tokenizerFile);
        if (vocabulary.Spellings.Length > shape.Ids)
            throw new InvalidDataException($"tokenizer.json has {vocabulary.Spellings.Length} tokens and config.json a vocab_size of {shape.Ids}.");
        var start = StartOf(config, vocabulary.Spellings.Length);
        vocabulary.Spellings[start] = [];
        try
        {
            var tokenizer = new ImportedTokenizer(vocabulary);
            return (tokenizer, new TokenTree(vocabulary.Spellings, start));
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException($"tokenizer.json: {e.Message}", e);
        }
    }

    /// <summary>The token that begins sequences; models without one were trained on texts that follow the end of others.</summary>
    private static int StartOf(JsonElement config, int tokens)
    {
        foreach (var name in (ReadOnlySpan<string>)["bos_token_id", "eos_token_id"])
        {
            if (!ConfigFields.Has(config, name)) continue;
            var value = config.GetProperty(name);
            if (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0) value = value[0];
            if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var id) && id >= 0 && id < tokens) return id;
            throw new InvalidDataException($"config.json: {name} is {ConfigFields.Shown(value)}, which is no token");
        }
        throw new InvalidDataException("config.json: bos_token_id is missing");
    }

    /// <summary>The shape in one line, however the file writes it.</summary>
    private static string Describe(DecoderShape shape) => string.Create(CultureInfo.InvariantCulture,
        $"{shape.HiddenSize} {shape.Layers} {shape.Heads} {shape.KeyValueHeads} {shape.HeadSize} {shape.IntermediateSize} {shape.Context} {shape.Window} "
        + $"{BitConverter.SingleToInt32Bits(shape.Epsilon)} {shape.LayerNorm} {shape.Gated} {shape.QueryKeyNorm} {shape.TiedHead} {BitConverter.SingleToInt32Bits(shape.ScoreFactor)} ")
        + string.Join(' ', (shape.Frequencies ?? []).Select(f => BitConverter.DoubleToInt64Bits(f).ToString("x", CultureInfo.InvariantCulture)));
}

using System.Text.Json;
using Compressor.Symbols;

namespace Compressor.Prediction.Networks.Ngram;

/// <summary>The shape of a transformer, as <c>config.json</c> states it (Hugging Face field names).</summary>
internal sealed record ModelConfig
{
    /// <summary>Tokens, V: 256 bytes, the beginning-of-sequence token and the merges.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Width of the residual stream, d.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Blocks of attention and multilayer perceptron, L.</summary>
    public required int Layers { get; init; }

    /// <summary>Query heads, H.</summary>
    public required int Heads { get; init; }

    /// <summary>Key/value heads; <see cref="Heads"/> is a multiple of it.</summary>
    public required int KeyValueHeads { get; init; }

    /// <summary>Width of one head.</summary>
    public required int HeadSize { get; init; }

    /// <summary>Width of the squared-ReLU layer.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>A token attends to itself and the <c>Window − 1</c> tokens before it.</summary>
    public required int Window { get; init; }

    /// <summary>Base of the rotary frequencies.</summary>
    public double RotaryBase { get; init; } = 10000;

    /// <summary>Rows of each hashed n-gram table (a power of two), or 0 for none.</summary>
    public int NgramBuckets { get; init; }

    /// <summary>The orders that have a hashed table when <see cref="NgramBuckets"/> is not 0.</summary>
    public static ReadOnlySpan<int> NgramOrders => [2, 3];

    /// <summary>Every width but the vocabulary's is a multiple of this, so that no kernel has a tail.</summary>
    public const int Unit = 32;

    /// <summary>Inputs of a matrix stay below this: the sums of products then fit 32 bits (<see cref="Kernels.Int8Product"/>).</summary>
    private const int InputLimit = 1 << 16;

    /// <summary>The most bytes of keys and values that a lane may need. A model of 7 billion weights with a window of 2,048 needs half of it.</summary>
    private const long MaxCacheBytes = 1L << 30;

    private const int MaxDepth = 16;

    /// <summary>Id of the token that starts every sequence.</summary>
    public const int BosToken = Tokenizer.BeginningOfSequence;

    /// <summary>The shape of attention in every layer.</summary>
    public AttentionShape Attention => new(Heads, KeyValueHeads, HeadSize, Window);

    /// <summary>Parameters that are multiplied for each token: layers and head, no look-ups.</summary>
    public long MultiplyParameters =>
        Layers * ((long)HiddenSize * HeadSize * (2 * Heads + 2 * KeyValueHeads) + 2L * HiddenSize * IntermediateSize)
        + (long)VocabularySize * HiddenSize;

    /// <summary>Every parameter, look-up tables included.</summary>
    public long Parameters =>
        MultiplyParameters + (long)HiddenSize * (VocabularySize + (NgramBuckets > 0 ? NgramOrders.Length * NgramBuckets : 0));

    /// <summary>Reads and checks <c>config.json</c>.</summary>
    /// <exception cref="InvalidDataException">A field is missing, out of range, or asks for what the engine does not do.</exception>
    public static ModelConfig Load(Stream json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = MaxDepth, AllowDuplicateProperties = false });
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) throw new InvalidDataException("config.json: not an object");
            if (root.EnumerateObject().FirstOrDefault(field => field.Value.ValueKind == JsonValueKind.Null) is { Value.ValueKind: JsonValueKind.Null } empty)
                throw new InvalidDataException($"config.json: {SafetensorsHeader.Quoted(empty.Name)} is null");
            var heads = ConfigFields.Integer(root, "num_attention_heads", 1, 1024);
            Expect(root, "hidden_act", "relu2");
            if (root.TryGetProperty("tie_word_embeddings", out var tied) && tied.ValueKind == JsonValueKind.True)
                throw new InvalidDataException("config.json: tie_word_embeddings is not supported");
            var config = new ModelConfig
            {
                VocabularySize = ConfigFields.Integer(root, "vocab_size", BosToken + 1, 1 << 16),
                HiddenSize = ConfigFields.Integer(root, "hidden_size", Unit, 1 << 14),
                Layers = ConfigFields.Integer(root, "num_hidden_layers", 1, 256),
                Heads = heads,
                KeyValueHeads = ConfigFields.Integer(root, "num_key_value_heads", 1, 1024, heads),
                HeadSize = ConfigFields.Integer(root, "head_dim", Unit, 512),
                IntermediateSize = ConfigFields.Integer(root, "intermediate_size", Unit, InputLimit - Unit),
                Window = ConfigFields.Integer(root, "sliding_window", Unit, 1 << 14),
                RotaryBase = ConfigFields.Integer(root, "rope_theta", 2, 100_000_000, 10_000),
                NgramBuckets = ConfigFields.Integer(root, "ngram_buckets", 0, 1 << 24, 0),
            };
            config.Check();
            return config;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // the latter for strings that are not Unicode
        {
            throw new InvalidDataException($"config.json: {e.Message}", e);
        }
    }

    /// <summary>Writes <c>config.json</c>.</summary>
    public void Save(Stream json)
    {
        using var writer = new Utf8JsonWriter(json, new JsonWriterOptions { Indented = true, NewLine = "\n" });
        writer.WriteStartObject();
        writer.WriteString("model_type", "compressor");
        writer.WriteNumber("vocab_size", VocabularySize);
        writer.WriteNumber("hidden_size", HiddenSize);
        writer.WriteNumber("num_hidden_layers", Layers);
        writer.WriteNumber("num_attention_heads", Heads);
        writer.WriteNumber("num_key_value_heads", KeyValueHeads);
        writer.WriteNumber("head_dim", HeadSize);
        writer.WriteNumber("intermediate_size", IntermediateSize);
        writer.WriteString("hidden_act", "relu2");
        writer.WriteNumber("sliding_window", Window);
        writer.WriteNumber("rope_theta", (long)RotaryBase);
        writer.WriteNumber("ngram_buckets", NgramBuckets);
        writer.WriteNumber("bos_token_id", BosToken);
        writer.WriteBoolean("tie_word_embeddings", false);
        writer.WriteEndObject();
        writer.Flush();
        json.WriteByte((byte)'\n');
    }

    /// <summary>The relations between fields that the engine relies on.</summary>
    /// <exception cref="InvalidDataException">One does not hold.</exception>
    public void Check()
    {
        if (Heads % KeyValueHeads != 0)
            throw new InvalidDataException($"config.json: {Heads} heads are no multiple of {KeyValueHeads} key/value heads");
        if (HiddenSize % Unit != 0 || IntermediateSize % Unit != 0 || Window % Unit != 0)
            throw new InvalidDataException(
                $"config.json: hidden_size, intermediate_size and sliding_window must be multiples of {Unit}");
        if (HeadSize % Unit != 0 || (HeadSize & (HeadSize - 1)) != 0)
            throw new InvalidDataException($"config.json: head_dim {HeadSize} is no power of two from {Unit}");
        if (Heads * HeadSize >= InputLimit)
            throw new InvalidDataException($"config.json: {Heads} heads of {HeadSize} are {Heads * HeadSize} values, not fewer than {InputLimit}");
        if (2L * Layers * KeyValueHeads * HeadSize * (Window + Unit) > MaxCacheBytes)
            throw new InvalidDataException($"config.json: keys and values of {Layers} layers, {KeyValueHeads} heads of {HeadSize} "
                + $"and a window of {Window} take more than {MaxCacheBytes >> 20} MiB");
        if ((NgramBuckets & (NgramBuckets - 1)) != 0)
            throw new InvalidDataException($"config.json: ngram_buckets {NgramBuckets} is no power of two");
    }

    private static void Expect(JsonElement root, string name, string wanted)
    {
        if (!root.TryGetProperty(name, out var value) || value.ValueKind != JsonValueKind.String || !value.ValueEquals(wanted))
            throw new InvalidDataException($"config.json: {name} must be \"{wanted}\"");
    }
}

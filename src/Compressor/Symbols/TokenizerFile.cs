using System.Text.Encodings.Web;
using System.Text.Json;

namespace Compressor.Symbols;

/// <summary>Reads and writes a <see cref="Tokenizer"/> as a Hugging Face <c>tokenizer.json</c>.</summary>
/// <remarks>
/// The merges determine everything else in the file. So <see cref="Load"/> reads the merges and then requires the rest to be exactly
/// what <see cref="Save"/> writes for them: nothing is ignored, nothing is guessed.
/// </remarks>
internal static class TokenizerFile
{
    private const int MaxDepth = 16;

    private static readonly JsonWriterOptions WriterOptions = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // the byte alphabet stays readable
        Indented = true,
        NewLine = "\n",
    };

    private static readonly JsonDocumentOptions ReaderOptions = new()
    {
        AllowDuplicateProperties = false,
        MaxDepth = MaxDepth,
    };

    /// <exception cref="InvalidDataException">Not a tokenizer that this library can be exact about; says where.</exception>
    public static Tokenizer Load(Stream source)
    {
        try
        {
            using var file = JsonDocument.Parse(source, ReaderOptions);
            var tokenizer = new Tokenizer(ReadMerges(file.RootElement));
            RequireAsWritten(file.RootElement, tokenizer);
            return tokenizer;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"tokenizer.json is not valid JSON: {e.Message}", e);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException) // merges that cannot be, and strings that are not Unicode
        {
            throw new InvalidDataException($"tokenizer.json: {e.Message}", e);
        }
    }

    public static void Save(Tokenizer tokenizer, Stream destination)
    {
        using var json = new Utf8JsonWriter(destination, WriterOptions);
        json.WriteStartObject();
        json.WriteString("version", "1.0");
        json.WriteNull("truncation");
        json.WriteNull("padding");
        WriteAddedTokens(json);
        json.WriteNull("normalizer");
        WritePreTokenizer(json);
        json.WriteNull("post_processor");
        json.WriteStartObject("decoder");
        WriteByteLevel(json);
        json.WriteEndObject();
        WriteModel(json, tokenizer);
        json.WriteEndObject();
        json.Flush();
        destination.WriteByte((byte)'\n');
    }

    private static void WriteAddedTokens(Utf8JsonWriter json)
    {
        json.WriteStartArray("added_tokens");
        json.WriteStartObject();
        json.WriteNumber("id", Tokenizer.BeginningOfSequence);
        json.WriteString("content", Tokenizer.BeginningOfSequenceText);
        json.WriteBoolean("single_word", false);
        json.WriteBoolean("lstrip", false);
        json.WriteBoolean("rstrip", false);
        json.WriteBoolean("normalized", false);
        json.WriteBoolean("special", true);
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WritePreTokenizer(Utf8JsonWriter json)
    {
        json.WriteStartObject("pre_tokenizer");
        json.WriteString("type", "Sequence");
        json.WriteStartArray("pretokenizers");
        json.WriteStartObject();
        json.WriteString("type", "Split");
        json.WriteStartObject("pattern");
        json.WriteString("Regex", PreTokenizer.Pattern);
        json.WriteEndObject();
        json.WriteString("behavior", "Isolated");
        json.WriteBoolean("invert", false);
        json.WriteEndObject();
        json.WriteStartObject();
        WriteByteLevel(json);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteByteLevel(Utf8JsonWriter json)
    {
        json.WriteString("type", "ByteLevel");
        json.WriteBoolean("add_prefix_space", false);
        json.WriteBoolean("trim_offsets", true);
        json.WriteBoolean("use_regex", false);
    }

    private static void WriteModel(Utf8JsonWriter json, Tokenizer tokenizer)
    {
        json.WriteStartObject("model");
        json.WriteString("type", "BPE");
        json.WriteNull("dropout");
        json.WriteNull("unk_token");
        json.WriteNull("continuing_subword_prefix");
        json.WriteNull("end_of_word_suffix");
        json.WriteBoolean("fuse_unk", false);
        json.WriteBoolean("byte_fallback", false);
        json.WriteBoolean("ignore_merges", false);
        json.WriteStartObject("vocab");
        for (var id = 0; id < tokenizer.VocabularySize; id++)
            json.WriteNumber(TextOf(tokenizer, id), id);
        json.WriteEndObject();
        json.WriteStartArray("merges");
        foreach (var (left, right) in tokenizer.Merges)
            json.WriteStringValue($"{TextOf(tokenizer, left)} {TextOf(tokenizer, right)}");
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string TextOf(Tokenizer tokenizer, int id) =>
        id == Tokenizer.BeginningOfSequence ? Tokenizer.BeginningOfSequenceText : ByteAlphabet.TextOf(tokenizer.BytesOf(id));

    private static List<(int Left, int Right)> ReadMerges(JsonElement root)
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var value = 0; value < 256; value++)
            ids.Add(ByteAlphabet.TextOf([(byte)value]), value);

        var merges = new List<(int, int)>();
        foreach (var merge in Property(Property(root, "model", JsonValueKind.Object), "merges", JsonValueKind.Array).EnumerateArray())
        {
            var parts = merge.ValueKind == JsonValueKind.String ? merge.GetString()!.Split(' ') : [];
            if (parts.Length != 2)
                throw new InvalidDataException($"tokenizer.json: merge {merges.Count} is not two tokens with one space between them.");

            foreach (var part in parts)
            {
                if (!ids.ContainsKey(part))
                    throw new InvalidDataException($"tokenizer.json: merge {merges.Count} names \"{part}\", which is no token before it.");
            }

            // If the text exists already, the tokenizer's constructor reports it, as it checks the merges.
            ids.TryAdd(parts[0] + parts[1], Tokenizer.FirstMerge + merges.Count);
            merges.Add((ids[parts[0]], ids[parts[1]]));
        }

        return merges;
    }

    private static JsonElement Property(JsonElement parent, string name, JsonValueKind kind) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind == kind
            ? value
            : throw new InvalidDataException($"tokenizer.json: \"{name}\" is missing or not {kind}.");

    private static void RequireAsWritten(JsonElement actual, Tokenizer tokenizer)
    {
        var written = new MemoryStream();
        Save(tokenizer, written);
        using var expected = JsonDocument.Parse(written.ToArray());
        if (!JsonElement.DeepEquals(actual, expected.RootElement))
            throw new InvalidDataException($"tokenizer.json: {Difference(actual, expected.RootElement, "the file")}.");
    }

    /// <summary>Names a place where the two differ.</summary>
    private static string Difference(JsonElement actual, JsonElement expected, string path)
    {
        if (actual.ValueKind == expected.ValueKind && actual.ValueKind == JsonValueKind.Object)
        {
            var entries = actual.EnumerateObject().ToDictionary(p => p.Name, p => p.Value, StringComparer.Ordinal);
            foreach (var property in expected.EnumerateObject())
            {
                if (!entries.Remove(property.Name, out var value))
                    return $"{path} lacks \"{property.Name}\"";
                if (!JsonElement.DeepEquals(value, property.Value))
                    return Difference(value, property.Value, $"\"{property.Name}\" in {path}");
            }

            if (entries.Count > 0)
                return $"{path} has an unknown entry \"{entries.Keys.First()}\"";
        }

        var supported = expected.ValueKind is JsonValueKind.Object or JsonValueKind.Array ? "" : $", {expected.GetRawText()}";
        return $"{path} is not what this library supports{supported}";
    }
}

using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;

namespace Compressor.Tests.Prediction.Networks.Decoders;

/// <summary>A checkpoint with random weights, as Hugging Face keeps such, in a folder of its own.</summary>
internal sealed class TestCheckpoint : IDisposable
{
    private readonly Random _random = new(7);

    public TestCheckpoint(JsonObject config, string elementType = "F32")
    {
        Config = config;
        ElementType = elementType;
        if ((string?)config["model_type"] == "gpt2") AddGpt2();
        else AddLlama();
        Write();
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("compressor-").FullName;

    public JsonObject Config { get; }

    public string ElementType { get; }

    /// <summary>Shape and elements of each tensor, as they are in the file after rounding to its type.</summary>
    public SortedDictionary<string, (long[] Shape, float[] Values)> Tensors { get; } = new(StringComparer.Ordinal);

    public static JsonObject Llama(string type = "llama") => new()
    {
        ["model_type"] = type,
        ["vocab_size"] = 300,
        ["hidden_size"] = 48,
        ["intermediate_size"] = 88,
        ["num_hidden_layers"] = 2,
        ["num_attention_heads"] = 4,
        ["num_key_value_heads"] = 2,
        ["head_dim"] = 12,
        ["max_position_embeddings"] = 64,
        ["rms_norm_eps"] = 1e-5,
        ["rope_theta"] = 10000.0,
        ["hidden_act"] = "silu",
        ["bos_token_id"] = 1,
        ["eos_token_id"] = 2,
    };

    public static JsonObject Gpt2() => new()
    {
        ["model_type"] = "gpt2",
        ["vocab_size"] = 300,
        ["n_embd"] = 48,
        ["n_layer"] = 2,
        ["n_head"] = 4,
        ["n_positions"] = 64,
        ["activation_function"] = "gelu_new",
        ["bos_token_id"] = 1,
    };

    public int Get(string name, int otherwise) => Config[name] is { } value ? (int)value : otherwise;

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    public void Write()
    {
        File.WriteAllText(Path.Combine(Folder, "config.json"), Config.ToJsonString());
        File.WriteAllText(Path.Combine(Folder, "tokenizer.json"), Tokenizer().ToJsonString());
        WriteTensors(Path.Combine(Folder, "model.safetensors"), Tensors);
    }

    /// <summary>A tokenizer of characters with tokens for bytes, which some characters have too.</summary>
    public static JsonObject Tokenizer()
    {
        var vocabulary = new JsonObject { ["<unk>"] = 0, ["<s>"] = 1, ["</s>"] = 2 };
        for (var value = 0; value < 256; value++) vocabulary.Add($"<0x{value:X2}>", vocabulary.Count);
        foreach (var text in "▁ t h e a o n s i ▁t he ▁the an on".Split(' ')) vocabulary.Add(text, vocabulary.Count);
        return new JsonObject
        {
            ["added_tokens"] = new JsonArray(Special(0, "<unk>"), Special(1, "<s>"), Special(2, "</s>")),
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["byte_fallback"] = true,
                ["unk_token"] = "<unk>",
                ["vocab"] = vocabulary,
                ["merges"] = new JsonArray("h e", "▁ t", "▁t he", "a n", "o n"),
            },
        };

        static JsonObject Special(int id, string text) => new() { ["id"] = id, ["content"] = text, ["special"] = true };
    }

    public void WriteTensors(string path, IEnumerable<KeyValuePair<string, (long[] Shape, float[] Values)>> tensors)
    {
        var header = new JsonObject();
        using var data = new MemoryStream();
        foreach (var (name, (shape, values)) in tensors)
        {
            var start = data.Length;
            foreach (var value in values) data.Write(BytesOf(value));
            header[name] = new JsonObject
            {
                ["dtype"] = ElementType,
                ["shape"] = new JsonArray([.. shape.Select(size => JsonValue.Create(size))]),
                ["data_offsets"] = new JsonArray(start, data.Length),
            };
        }
        var json = Encoding.UTF8.GetBytes(header.ToJsonString());
        using var file = File.Create(path);
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
        file.Write(length);
        file.Write(json);
        data.WriteTo(file);
    }

    private byte[] BytesOf(float value) => ElementType switch
    {
        "F32" => BitConverter.GetBytes(value),
        "F16" => BitConverter.GetBytes((Half)value),
        "BF16" => BitConverter.GetBytes((ushort)(BitConverter.SingleToInt32Bits(value) >>> 16)),
        _ => [Float8(value)],
    };

    /// <summary>The next smaller magnitude of E4M3 without subnormals.</summary>
    private static byte Float8(float value)
    {
        int bits = BitConverter.SingleToInt32Bits(value), exponent = (bits >> 23 & 0xFF) - 127 + 7;
        return exponent <= 0 ? (byte)0 : (byte)(bits >> 31 << 7 | exponent << 3 | bits >> 20 & 7);
    }

    private float Rounded(float value) => ElementType switch
    {
        "F32" => value,
        "F16" => (float)(Half)value,
        "BF16" => BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(value) & ~0xFFFF),
        _ => Math.Abs(value) < 1f / 64 ? 0 : BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(value) & ~0xFFFFF),
    };

    private void AddLlama()
    {
        int d = Get("hidden_size", 0), heads = Get("num_attention_heads", 0), keys = Get("num_key_value_heads", heads), size = Get("head_dim", d / heads);
        int n = Get("intermediate_size", 0), v = Get("vocab_size", 0);
        var type = (string?)Config["model_type"];
        Add("model.embed_tokens.weight", 0.5, v, d);
        for (var i = 0; i < Get("num_hidden_layers", 0); i++)
        {
            var layer = $"model.layers.{i}.";
            AddGain(layer + "input_layernorm.weight", d);
            AddGain(layer + "post_attention_layernorm.weight", d);
            if (type == "phi3")
            {
                Add(layer + "self_attn.qkv_proj.weight", 0.25, (heads + 2 * keys) * size, d);
                Add(layer + "mlp.gate_up_proj.weight", 0.2, 2 * n, d);
            }
            else
            {
                Add(layer + "self_attn.q_proj.weight", 0.25, heads * size, d);
                Add(layer + "self_attn.k_proj.weight", 0.25, keys * size, d);
                Add(layer + "self_attn.v_proj.weight", 0.2, keys * size, d);
                Add(layer + "mlp.gate_proj.weight", 0.2, n, d);
                Add(layer + "mlp.up_proj.weight", 0.2, n, d);
            }
            if (type == "qwen2")
            {
                Add(layer + "self_attn.q_proj.bias", 2, heads * size);
                Add(layer + "self_attn.k_proj.bias", 2, keys * size);
                Add(layer + "self_attn.v_proj.bias", 0.5, keys * size);
            }
            if (type == "qwen3")
            {
                AddGain(layer + "self_attn.q_norm.weight", size);
                AddGain(layer + "self_attn.k_norm.weight", size);
            }
            Add(layer + "self_attn.o_proj.weight", 0.2, d, heads * size);
            Add(layer + "mlp.down_proj.weight", 0.2, d, n);
        }
        AddGain("model.norm.weight", d);
        if (Config["tie_word_embeddings"] is null) Add("lm_head.weight", 0.4, v, d);
    }

    private void AddGpt2()
    {
        int d = Get("n_embd", 0), v = Get("vocab_size", 0);
        Add("wte.weight", 0.3, v, d);
        Add("wpe.weight", 0.1, Get("n_positions", 0), d);
        for (var i = 0; i < Get("n_layer", 0); i++)
        {
            var layer = $"h.{i}.";
            foreach (var norm in (string[])["ln_1", "ln_2"])
            {
                AddGain(layer + norm + ".weight", d);
                Add(layer + norm + ".bias", 0.1, d);
            }
            foreach (var (name, inputs, outputs) in ((string, int, int)[])[("attn.c_attn", d, 3 * d), ("attn.c_proj", d, d), ("mlp.c_fc", d, 4 * d), ("mlp.c_proj", 4 * d, d)])
            {
                Add(layer + name + ".weight", 0.2, inputs, outputs);
                Add(layer + name + ".bias", 0.1, outputs);
            }
        }
        AddGain("ln_f.weight", d);
        Add("ln_f.bias", 0.1, d);
    }

    private void AddGain(string name, int length)
    {
        Add(name, 0.2, length);
        var values = Tensors[name].Values;
        for (var i = 0; i < length; i++) values[i] = Rounded(values[i] + 1);
    }

    private void Add(string name, double spread, params long[] shape)
    {
        var values = new float[shape.Aggregate(1L, (product, size) => product * size)];
        for (var i = 0; i < values.Length; i++)
            values[i] = Rounded((float)(spread * Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble())));
        Tensors.Add(name, (shape, values));
    }
}

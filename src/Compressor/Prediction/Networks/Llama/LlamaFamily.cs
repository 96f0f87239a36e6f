using System.Text.Json;
using Compressor.Prediction.Networks.Decoders;

namespace Compressor.Prediction.Networks.Llama;

/// <summary>
/// Llama and the models that are built like it: Mistral (sliding window), Qwen2 (biases of queries, keys and values), Qwen3 (norms of queries and keys), Phi-3 (tensors
/// that hold several matrices), SmolLM2 and TinyLlama (which call themselves llama).
/// </summary>
internal sealed class LlamaFamily : IDecoderFamily
{
    private const string Qwen2 = "qwen2", Qwen3 = "qwen3", Phi3 = "phi3";

    /// <inheritdoc/>
    public IReadOnlyList<string> ModelTypes => ["llama", "mistral", Qwen2, Qwen3, Phi3];

    /// <inheritdoc/>
    public DecoderShape ShapeOf(JsonElement config)
    {
        var type = ConfigFields.Text(config, "model_type", "");
        DecoderFamilies.Expect(config, "hidden_act", "silu", "silu");
        if (ConfigFields.Number(config, "partial_rotary_factor", 0, 1, 1) != 1)
            throw new InvalidDataException("config.json: partial_rotary_factor must be 1");
        int heads = ConfigFields.Integer(config, "num_attention_heads", 1, 1024), hidden = ConfigFields.Integer(config, "hidden_size", 1, 1 << 14);
        var headSize = ConfigFields.Integer(config, "head_dim", 2, 512, Math.Max(2, hidden / heads));
        var rotary = RotaryFrequencies.Read(config, headSize);
        var biased = ConfigFields.Flag(config, "attention_bias", false);
        // Qwen names a window that it does not use unless it says so.
        var sliding = ConfigFields.Flag(config, "use_sliding_window", type is not (Qwen2 or Qwen3));
        return new DecoderShape
        {
            Ids = ConfigFields.Integer(config, "vocab_size", 3, TokenTree.MaxVocabularySize),
            HiddenSize = hidden,
            Layers = ConfigFields.Integer(config, "num_hidden_layers", 1, 256),
            Heads = heads,
            KeyValueHeads = ConfigFields.Integer(config, "num_key_value_heads", 1, 1024, heads),
            HeadSize = headSize,
            IntermediateSize = ConfigFields.Integer(config, "intermediate_size", 1, (1 << 16) - 32),
            Positions = ConfigFields.Integer(config, "max_position_embeddings", 1, 1 << 30, 2048),
            Window = sliding ? ConfigFields.Integer(config, "sliding_window", 1, int.MaxValue, int.MaxValue) : int.MaxValue,
            Epsilon = (float)ConfigFields.Number(config, "rms_norm_eps", 0, 1, 1e-6),
            QueryKeyNorm = type == Qwen3,
            QueryKeyValueBias = type == Qwen2 || biased,
            OutputBias = biased && type != Qwen2,
            MlpBias = ConfigFields.Flag(config, "mlp_bias", false),
            TiedHead = ConfigFields.Flag(config, "tie_word_embeddings", false),
            Frequencies = rotary.Values,
            ScoreFactor = rotary.ScoreFactor,
        };
    }

    /// <inheritdoc/>
    public Func<string, TensorPlace> PlacesOf(JsonElement config, DecoderShape shape, Func<string, bool> contains)
    {
        var fused = ConfigFields.Text(config, "model_type", "") == Phi3;
        int d = shape.HiddenSize, n = shape.IntermediateSize, queries = shape.Heads * shape.HeadSize, keys = shape.KeyValueHeads * shape.HeadSize;
        return name =>
        {
            switch (name)
            {
                case "head": return new(shape.TiedHead ? "model.embed_tokens.weight" : "lm_head.weight", shape.Ids, d);
                case "embedding": return new("model.embed_tokens.weight", shape.Ids, d);
                case "final_norm.gain": return new("model.norm.weight", 0, d);
            }
            var parts = name.Split('.');
            var layer = $"model.layers.{parts[1]}.";
            var suffix = parts[^1] == "bias" ? "bias" : "weight";
            return parts[2] switch
            {
                "attention_norm" => new(layer + "input_layernorm.weight", 0, d),
                "mlp_norm" => new(layer + "post_attention_layernorm.weight", 0, d),
                "query_norm" => new(layer + "self_attn.q_norm.weight", 0, shape.HeadSize),
                "key_norm" => new(layer + "self_attn.k_norm.weight", 0, shape.HeadSize),
                "query" => Projection("q_proj", queries, 0),
                "key" => Projection("k_proj", keys, queries),
                "value" => Projection("v_proj", keys, queries + keys),
                "output" => Place(layer + "self_attn.o_proj." + suffix, d, queries, 0),
                "gate" => fused ? Place(layer + "mlp.gate_up_proj.weight", 2 * n, d, 0) : Place(layer + "mlp.gate_proj." + suffix, n, d, 0),
                "up" => fused ? Place(layer + "mlp.gate_up_proj.weight", 2 * n, d, n) : Place(layer + "mlp.up_proj." + suffix, n, d, 0),
                _ => Place(layer + "mlp.down_proj." + suffix, d, n, 0),
            };

            TensorPlace Projection(string projection, int rows, int first) =>
                fused ? Place(layer + "self_attn.qkv_proj.weight", queries + 2 * keys, d, first) : Place(layer + $"self_attn.{projection}.{suffix}", rows, d, 0);

            TensorPlace Place(string tensor, int rows, int columns, int first) =>
                suffix == "bias" ? new(tensor, 0, rows, first) : new(tensor, rows, columns, first);
        };
    }
}

using System.Text.Json;
using Compressor.Prediction.Networks.Decoders;

namespace Compressor.Prediction.Networks.Gpt2;

/// <summary>GPT-2: learned positions, LayerNorm, GELU, biases; its matrices are stored [inputs, outputs].</summary>
internal sealed class Gpt2Family : IDecoderFamily
{
    /// <inheritdoc/>
    public IReadOnlyList<string> ModelTypes => ["gpt2"];

    /// <inheritdoc/>
    public DecoderShape ShapeOf(JsonElement config)
    {
        DecoderFamilies.Expect(config, "activation_function", "gelu_new", "gelu_new", "gelu_pytorch_tanh");
        int hidden = ConfigFields.Integer(config, "n_embd", 1, 1 << 14), heads = ConfigFields.Integer(config, "n_head", 1, 1024);
        if (hidden % heads != 0) throw new InvalidDataException($"config.json: n_embd {hidden} is no multiple of n_head {heads}");
        return new DecoderShape
        {
            Ids = ConfigFields.Integer(config, "vocab_size", 3, TokenTree.MaxVocabularySize),
            HiddenSize = hidden,
            Layers = ConfigFields.Integer(config, "n_layer", 1, 256),
            Heads = heads,
            KeyValueHeads = heads,
            HeadSize = hidden / heads,
            IntermediateSize = ConfigFields.Integer(config, "n_inner", 1, (1 << 16) - 32, Math.Min(4 * hidden, (1 << 16) - 32)),
            Positions = ConfigFields.Integer(config, "n_positions", 1, 1 << 20, 1024),
            Epsilon = (float)ConfigFields.Number(config, "layer_norm_epsilon", 0, 1, 1e-5),
            LayerNorm = true,
            Gated = false,
            QueryKeyValueBias = true,
            OutputBias = true,
            MlpBias = true,
            TiedHead = ConfigFields.Flag(config, "tie_word_embeddings", true),
        };
    }

    /// <inheritdoc/>
    public Func<string, TensorPlace> PlacesOf(JsonElement config, DecoderShape shape, Func<string, bool> contains)
    {
        int d = shape.HiddenSize, n = shape.IntermediateSize;
        var prefix = contains("transformer.wte.weight") ? "transformer." : "";   // checkpoints have it or not
        return name =>
        {
            switch (name)
            {
                case "head": return new(shape.TiedHead ? prefix + "wte.weight" : "lm_head.weight", shape.Ids, d);
                case "embedding": return new(prefix + "wte.weight", shape.Ids, d);
                case "positions": return new(prefix + "wpe.weight", shape.Positions, d);
                case "final_norm.gain": return new(prefix + "ln_f.weight", 0, d);
                case "final_norm.bias": return new(prefix + "ln_f.bias", 0, d);
            }
            var parts = name.Split('.');
            var layer = $"{prefix}h.{parts[1]}.";
            var suffix = parts[^1] == "bias" ? "bias" : "weight";
            return parts[2] switch
            {
                "attention_norm" => new(layer + "ln_1." + suffix, 0, d),
                "mlp_norm" => new(layer + "ln_2." + suffix, 0, d),
                "query" => Place("attn.c_attn.", d, 3 * d, 0),
                "key" => Place("attn.c_attn.", d, 3 * d, d),
                "value" => Place("attn.c_attn.", d, 3 * d, 2 * d),
                "output" => Place("attn.c_proj.", d, d, 0),
                "up" => Place("mlp.c_fc.", d, n, 0),
                _ => Place("mlp.c_proj.", n, d, 0),
            };

            TensorPlace Place(string tensor, int inputs, int outputs, int first) =>
                suffix == "bias" ? new(layer + tensor + "bias", 0, outputs, first) : new(layer + tensor + "weight", inputs, outputs, first, Transposed: true);
        };
    }
}

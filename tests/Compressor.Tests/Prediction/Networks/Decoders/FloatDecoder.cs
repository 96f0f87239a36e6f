using System.Text.Json.Nodes;

namespace Compressor.Tests.Prediction.Networks.Decoders;

/// <summary>The models of other people as their papers have them: binary64, whole history, no quantisation. What the exact engine is measured by.</summary>
/// <param name="config">Its <c>config.json</c>.</param>
/// <param name="tensors">Its weights.</param>
internal sealed class FloatDecoder(JsonObject config, IReadOnlyDictionary<string, (long[] Shape, float[] Values)> tensors)
{
    private readonly string _type = (string)config["model_type"]!;

    private bool IsGpt2 => _type == "gpt2";

    /// <summary>[positions][ids] natural logarithms of the probabilities of what follows each token.</summary>
    public double[][] Run(int[] tokens)
    {
        int d = Integer("hidden_size", "n_embd"), layers = Integer("num_hidden_layers", "n_layer"), heads = Integer("num_attention_heads", "n_head");
        int keyHeads = IsGpt2 ? heads : Integer("num_key_value_heads", ""), size = config["head_dim"] is { } own ? (int)own : d / heads;
        var embedding = IsGpt2 ? "wte.weight" : "model.embed_tokens.weight";
        double[][] x = [.. tokens.Select((token, p) => Row(embedding, token, d).Select((value, i) => value + (IsGpt2 ? tensors["wpe.weight"].Values[p * d + i] : 0)).ToArray())];
        for (var l = 0; l < layers; l++)
        {
            var name = IsGpt2 ? $"h.{l}." : $"model.layers.{l}.";
            double[][] y = [.. x.Select(row => Norm(row, name + (IsGpt2 ? "ln_1" : "input_layernorm")))];
            double[][] q = [.. y.Select((row, p) => Heads(Query(row, name, 0, heads * size, keyHeads * size), name + "self_attn.q_norm.weight", size, p))];
            double[][] k = [.. y.Select((row, p) => Heads(Query(row, name, 1, heads * size, keyHeads * size), name + "self_attn.k_norm.weight", size, p))];
            double[][] v = [.. y.Select(row => Query(row, name, 2, heads * size, keyHeads * size))];
            for (var p = 0; p < x.Length; p++)
            {
                var attended = Attend(q[p], k, v, p, heads, keyHeads, size);
                Add(x[p], IsGpt2 ? Transposed(attended, name + "attn.c_proj") : Linear(attended, name + "self_attn.o_proj.weight"));
                Add(x[p], FeedForward(Norm(x[p], name + (IsGpt2 ? "ln_2" : "post_attention_layernorm")), name));
            }
        }
        var head = IsGpt2 || config["tie_word_embeddings"] is not null ? embedding : "lm_head.weight";
        return [.. x.Select(row => LogSoftmax(Linear(Norm(row, IsGpt2 ? "ln_f" : "model.norm"), head)))];
    }

    private double[] Query(double[] x, string layer, int part, int queries, int keys)
    {
        var (from, count) = part switch { 0 => (0, queries), 1 => (queries, keys), _ => (queries + keys, keys) };
        if (IsGpt2) return Transposed(x, layer + "attn.c_attn")[from..(from + count)];
        if (_type == "phi3") return Linear(x, layer + "self_attn.qkv_proj.weight")[from..(from + count)];
        var name = layer + "self_attn." + "qkv"[part] + "_proj.";
        var y = Linear(x, name + "weight");
        if (_type == "qwen2") Add(y, [.. tensors[name + "bias"].Values.Select(b => (double)b)]);
        return y;
    }

    private double[] Heads(double[] x, string norm, int size, int position)
    {
        if (IsGpt2) return x;
        var theta = (double)config["rope_theta"]!;
        var y = new double[x.Length];
        for (var h = 0; h < x.Length; h += size)
        {
            var head = x[h..(h + size)];
            if (_type == "qwen3") head = Norm(head, norm[..^".weight".Length]);
            for (var i = 0; i < size / 2; i++)
            {
                var angle = position * Frequency(Math.Pow(theta, -2.0 * i / size));
                y[h + i] = head[i] * Math.Cos(angle) - head[i + size / 2] * Math.Sin(angle);
                y[h + i + size / 2] = head[i + size / 2] * Math.Cos(angle) + head[i] * Math.Sin(angle);
            }
        }
        return y;
    }

    private double Frequency(double plain) => config["rope_scaling"] is { } scaling && (string)scaling["rope_type"]! == "linear" ? plain / (double)scaling["factor"]! : plain;

    private double[] Attend(double[] query, double[][] keys, double[][] values, int position, int heads, int keyHeads, int size)
    {
        var window = config["sliding_window"] is { } sliding ? (int)sliding : int.MaxValue;
        var first = (int)Math.Max(0, (long)position - window + 1);
        var result = new double[heads * size];
        for (var h = 0; h < heads; h++)
        {
            var keyHead = h / (heads / keyHeads) * size;
            double[] scores = [.. Enumerable.Range(first, position + 1 - first).Select(j => Enumerable.Range(0, size).Sum(i => query[h * size + i] * keys[j][keyHead + i]) / Math.Sqrt(size))];
            var max = scores.Max();
            double[] e = [.. scores.Select(s => Math.Exp(s - max))];
            for (var i = 0; i < size; i++) result[h * size + i] = e.Select((w, j) => w * values[first + j][keyHead + i]).Sum() / e.Sum();
        }
        return result;
    }

    private double[] FeedForward(double[] x, string layer)
    {
        if (IsGpt2)
        {
            return Transposed([.. Transposed(x, layer + "mlp.c_fc").Select(v => 0.5 * v * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (v + 0.044715 * v * v * v))))], layer + "mlp.c_proj");
        }
        double[] gate, up;
        if (_type == "phi3")
        {
            var both = Linear(x, layer + "mlp.gate_up_proj.weight");
            (gate, up) = (both[..(both.Length / 2)], both[(both.Length / 2)..]);
        }
        else (gate, up) = (Linear(x, layer + "mlp.gate_proj.weight"), Linear(x, layer + "mlp.up_proj.weight"));
        return Linear([.. gate.Select((g, i) => g / (1 + Math.Exp(-g)) * up[i])], layer + "mlp.down_proj.weight");
    }

    private double[] Norm(double[] x, string name)
    {
        var gain = tensors[name + ".weight"].Values;
        double mean = IsGpt2 ? x.Average() : 0, epsilon = config["rms_norm_eps"] is { } own ? (double)own : 1e-5;
        var factor = 1 / Math.Sqrt(x.Sum(v => (v - mean) * (v - mean)) / x.Length + epsilon);
        return [.. x.Select((v, i) => (v - mean) * factor * gain[i] + (IsGpt2 ? tensors[name + ".bias"].Values[i] : 0))];
    }

    private double[] Linear(double[] x, string name)
    {
        var values = tensors[name].Values;
        return [.. Enumerable.Range(0, values.Length / x.Length).Select(n => { var sum = 0.0; for (var i = 0; i < x.Length; i++) sum += x[i] * values[n * x.Length + i]; return sum; })];
    }

    private double[] Transposed(double[] x, string name)
    {
        var (weights, bias) = (tensors[name + ".weight"].Values, tensors[name + ".bias"].Values);
        return [.. bias.Select((b, n) => b + x.Select((v, i) => v * weights[i * bias.Length + n]).Sum())];
    }

    private IEnumerable<double> Row(string name, int row, int width) => tensors[name].Values.Skip(row * width).Take(width).Select(v => (double)v);

    private static double[] LogSoftmax(double[] logits)
    {
        var max = logits.Max();
        var all = max + Math.Log(logits.Sum(l => Math.Exp(l - max)));
        return [.. logits.Select(l => l - all)];
    }

    private static void Add(double[] x, double[] y)
    {
        for (var i = 0; i < x.Length; i++) x[i] += y[i];
    }

    private int Integer(string name, string otherName) => (int)(config[name] ?? config[otherName])!;
}

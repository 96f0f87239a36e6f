using Compressor.Prediction.Networks;
using Compressor.RangeCoding;

namespace Compressor.Tests.Prediction.Networks;

/// <summary>
/// The exact network once more, as plainly as docs/exactness.md states it: one token at a time, whole history kept,
/// no packing, no cache, no vectors. The oracle of the fast engine, and a guide for writing another decoder.
/// </summary>
internal sealed class ReferenceTransformer(ModelConfig config, SafetensorsFile file)
{
    private readonly int _d = config.HiddenSize, _size = config.HeadSize;
    private readonly RotaryTable _rotary = new(config.HeadSize, config.RotaryBase);
    private readonly List<(int[] Key, float KeyScale, int[] Value, float ValueScale)>[,] _history = NewHistory(config);
    private readonly List<int> _tokens = [256, 256, 256];

    private static List<(int[], float, int[], float)>[,] NewHistory(ModelConfig config)
    {
        var history = new List<(int[], float, int[], float)>[config.Layers, config.KeyValueHeads];
        for (var i = 0; i < config.Layers; i++)
            for (var h = 0; h < config.KeyValueHeads; h++) history[i, h] = [];
        return history;
    }

    /// <summary>The interval of the next token; then the token is known.</summary>
    public Interval Next(int token)
    {
        var position = _tokens.Count - 3;
        var x = new float[_d];
        AddRow(x, "model.embed_tokens.weight", _tokens[^1]);
        for (var i = 0; i < (config.NgramBuckets > 0 ? 2 : 0); i++)
            AddRow(x, $"model.ngram_embeddings.{i}.weight", NgramHash.Bucket(i + 2, _tokens[^1], _tokens[^2], _tokens[^3], config.NgramBuckets));

        for (var layer = 0; layer < config.Layers; layer++)
        {
            var name = $"model.layers.{layer}.";
            var (q, scale) = Normalize(x);
            var queries = Linear(name + "self_attn.q_proj.weight", q, scale);
            var keys = Linear(name + "self_attn.k_proj.weight", q, scale);
            var values = Linear(name + "self_attn.v_proj.weight", q, scale);
            var attended = new float[queries.Length];
            for (var h = 0; h < config.KeyValueHeads; h++)
            {
                var (key, keyScale) = Quantize(Rotate(keys.AsSpan(h * _size, _size), position), 127);
                var (value, valueScale) = Quantize(values.AsSpan(h * _size, _size).ToArray(), 127);
                _history[layer, h].Add((key, keyScale, value, valueScale));
            }
            for (var h = 0; h < config.Heads; h++)
            {
                var history = _history[layer, h / (config.Heads / config.KeyValueHeads)];
                Attend(queries.AsSpan(h * _size, _size), position, history[Math.Max(0, history.Count - config.Window)..])
                    .CopyTo(attended, h * _size);
            }
            (q, scale) = Quantize(attended, 127);
            Add(x, Linear(name + "self_attn.o_proj.weight", q, scale));

            (q, scale) = Normalize(x);
            var hidden = Linear(name + "mlp.up_proj.weight", q, scale);
            for (var i = 0; i < hidden.Length; i++)
            {
                var relu = hidden[i] > 0 ? hidden[i] : 0;
                hidden[i] = relu * relu;
            }
            (q, scale) = Quantize(hidden, 255);
            Add(x, Linear(name + "mlp.down_proj.weight", q, scale));
        }
        var (last, lastScale) = Normalize(x);
        var logits = Linear("lm_head.weight", last, lastScale);
        _tokens.Add(token);
        return IntervalOf(logits, token);
    }

    private static Interval IntervalOf(float[] logits, int token)
    {
        var max = logits.Max();
        long[] weights = [.. logits.Select(l => (long)Round(Exp(l - max) * (1 << 22)))];
        var total = weights.Sum();
        uint C(int v) => (uint)(v + (long)((UInt128)weights.Take(v).Sum() * (UInt128)((1L << 30) - logits.Length) / (UInt128)total));
        return new Interval(C(token), C(token + 1) - C(token));
    }

    private float[] Attend(Span<float> query, int position, List<(int[] Key, float KeyScale, int[] Value, float ValueScale)> window)
    {
        var (q, queryScale) = Quantize(Rotate(query, position), 63);
        queryScale = 1f / MathF.Sqrt(_size) * queryScale;
        float[] scores = [.. window.Select(w => Dot(q, w.Key) * (queryScale * w.KeyScale))];
        var max = scores.Max();
        float[] exponentials = [.. scores.Select(s => Exp(s - max))];
        float[] weights = [.. exponentials.Select((e, i) => e * window[i].ValueScale)];
        var maxWeight = weights.Max();
        var result = new float[_size];
        if (maxWeight < 1e-20f) return result;
        var inverse = 127f / maxWeight;
        int[] bytes = [.. weights.Select(w => (int)Round(w * inverse))];
        var total = exponentials.Sum(e => (int)Round(e * 65536f));
        var factor = maxWeight / 127f / (total / 65536f);
        for (var i = 0; i < _size; i++) result[i] = Enumerable.Range(0, window.Count).Sum(j => bytes[j] * window[j].Value[i]) * factor;
        return result;
    }

    private float[] Rotate(Span<float> head, int position)
    {
        var half = _size / 2;
        float[] cosines = new float[half], sines = new float[half], result = new float[_size];
        _rotary.Fill(position, cosines, sines);
        for (var i = 0; i < half; i++)
        {
            result[i] = head[i] * cosines[i] - head[i + half] * sines[i];
            result[i + half] = head[i + half] * cosines[i] + head[i] * sines[i];
        }
        return result;
    }

    private float[] Linear(string name, int[] q, float scale)
    {
        var outputs = Outputs(name);
        var weights = file.Get(name, ElementType.I8, outputs, q.Length).Int8;
        var scales = file.Get(name + "_scale", ElementType.F32, outputs).Floats;
        var y = new float[outputs];
        for (var n = 0; n < outputs; n++)
        {
            var sum = 0;
            for (var k = 0; k < q.Length; k++) sum += q[k] * weights[n * q.Length + k];
            y[n] = sum * (scale * scales[n]);
        }
        return y;
    }

    private int Outputs(string name) => name switch
    {
        "lm_head.weight" => config.VocabularySize,
        _ when name.EndsWith("q_proj.weight", StringComparison.Ordinal) => config.Heads * _size,
        _ when name.EndsWith("k_proj.weight", StringComparison.Ordinal) => config.KeyValueHeads * _size,
        _ when name.EndsWith("v_proj.weight", StringComparison.Ordinal) => config.KeyValueHeads * _size,
        _ when name.EndsWith("up_proj.weight", StringComparison.Ordinal) => config.IntermediateSize,
        _ => _d,
    };

    private void AddRow(float[] x, string name, int row)
    {
        var rows = name.Contains("ngram", StringComparison.Ordinal) ? config.NgramBuckets : config.VocabularySize;
        var values = file.Get(name, ElementType.I8, rows, _d).Int8.Slice(row * _d, _d);
        var scale = file.Get(name + "_scale", ElementType.F32, rows).Floats[row];
        for (var i = 0; i < _d; i++) x[i] += values[i] * scale;
    }

    private static void Add(float[] x, float[] y)
    {
        for (var i = 0; i < x.Length; i++) x[i] += y[i];
    }

    private static (int[] Q, float Scale) Quantize(float[] x, float limit)
    {
        var max = x.Max(MathF.Abs);
        if (max < 1e-20f) return (new int[x.Length], 0);
        var inverse = limit / max;
        return ([.. x.Select(v => (int)Round(v * inverse))], max / limit);
    }

    private static (int[] Q, float Scale) Normalize(float[] x)
    {
        var (q, scale) = Quantize(x, 127);
        return (q, scale == 0 ? 0 : MathF.Sqrt(x.Length / (float)q.Sum(v => (long)v * v)));
    }

    private static int Dot(int[] a, int[] b) => a.Zip(b, (x, y) => x * y).Sum();

    private static float Round(float x) => MathF.Round(x, MidpointRounding.ToEven);

    private static float Exp(float x)
    {
        float z = MathF.Max(x, -80f) * 1.44269504f, n = Round(z), f = z - n, p = 1.5403530e-4f;
        foreach (var c in (ReadOnlySpan<float>)[1.3333558e-3f, 9.6181291e-3f, 5.5504109e-2f, 0.24022651f, 0.69314718f, 1f]) p = p * f + c;
        return MathF.ScaleB(p, (int)n);
    }
}

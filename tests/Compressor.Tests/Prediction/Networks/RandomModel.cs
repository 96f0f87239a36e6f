using Compressor.Prediction.Networks;

namespace Compressor.Tests.Prediction.Networks;

/// <summary>Small models with random weights: nothing learned, everything exercised.</summary>
internal static class RandomModel
{
    public static ModelConfig Config(int heads = 2, int keyValueHeads = 1, int window = 32, int buckets = 64) => new()
    {
        VocabularySize = 288,
        HiddenSize = 64,
        Layers = 2,
        Heads = heads,
        KeyValueHeads = keyValueHeads,
        HeadSize = 32,
        IntermediateSize = 96,
        Window = window,
        NgramBuckets = buckets,
    };

    public static SafetensorsFile Weights(ModelConfig config, int seed)
    {
        var random = new Random(seed);
        var file = new SafetensorsFile();
        int d = config.HiddenSize, queries = config.Heads * config.HeadSize, keys = config.KeyValueHeads * config.HeadSize;
        Add("model.embed_tokens.weight", config.VocabularySize, d, 0.02f);
        for (var i = 0; i < (config.NgramBuckets > 0 ? 2 : 0); i++) Add($"model.ngram_embeddings.{i}.weight", config.NgramBuckets, d, 0.01f);
        for (var i = 0; i < config.Layers; i++)
        {
            var layer = $"model.layers.{i}.";
            Add(layer + "self_attn.q_proj.weight", queries, d, 0.004f);
            Add(layer + "self_attn.k_proj.weight", keys, d, 0.004f);
            Add(layer + "self_attn.v_proj.weight", keys, d, 0.004f);
            Add(layer + "self_attn.o_proj.weight", d, queries, 0.004f);
            Add(layer + "mlp.up_proj.weight", config.IntermediateSize, d, 0.004f);
            Add(layer + "mlp.down_proj.weight", d, config.IntermediateSize, 0.004f);
        }
        Add("lm_head.weight", config.VocabularySize, d, 0.004f);
        return file;

        void Add(string name, int rows, int columns, float scale)
        {
            var values = new sbyte[rows * columns];
            for (var i = 0; i < values.Length; i++) values[i] = (sbyte)random.Next(-64, 65);
            var scales = new float[rows];
            for (var i = 0; i < rows; i++) scales[i] = scale * (0.5f + (float)random.NextDouble());
            file.Add(name, values, rows, columns);
            file.Add(name + "_scale", scales, rows);
        }
    }

    public static int[] Tokens(int count, int seed, int vocabularySize = 288)
    {
        var random = new Random(seed);
        var tokens = new int[count];
        for (var i = 0; i < count; i++) tokens[i] = random.Next(vocabularySize);
        return tokens;
    }
}

using Compressor.Prediction.Networks.Ngram;

namespace Compressor.Prediction.Networks.Learning;

/// <summary>Where learning starts: the weights of an installed model, each the product of its byte and its scale.</summary>
internal static class InstalledWeights
{
    /// <summary>Gives a network the weights of a file that has its shape; the rows of the head are in the order of ranks.</summary>
    public static void Load(LearningTransformer network, ModelConfig config, SafetensorsFile file)
    {
        int d = config.HiddenSize, queries = config.Heads * config.HeadSize, keys = config.KeyValueHeads * config.HeadSize;
        Load(network.Embedding, "model.embed_tokens.weight", config.VocabularySize);
        for (var i = 0; i < network.Ngrams.Length; i++)
            Load(network.Ngrams[i], $"model.ngram_embeddings.{i}.weight", config.NgramBuckets);
        for (var i = 0; i < config.Layers; i++)
        {
            var layer = $"model.layers.{i}.";
            Fill(network.Attention[i].Query, layer + "self_attn.q_proj.weight", queries, d);
            Fill(network.Attention[i].Key, layer + "self_attn.k_proj.weight", keys, d);
            Fill(network.Attention[i].Value, layer + "self_attn.v_proj.weight", keys, d);
            Fill(network.Attention[i].Output, layer + "self_attn.o_proj.weight", d, queries);
            Fill(network.FeedForward[i].Up, layer + "mlp.up_proj.weight", config.IntermediateSize, d);
            Fill(network.FeedForward[i].Down, layer + "mlp.down_proj.weight", d, config.IntermediateSize);
        }

        Fill(network.Head, "lm_head.weight", config.VocabularySize, d);

        void Load(LearnedTable table, string name, int rows)
        {
            var values = file.Get(name, ElementType.I8, rows, d).Int8;
            var scales = file.Get(name + "_scale", ElementType.F32, rows).Floats;
            for (var r = 0; r < rows; r++)
            {
                var row = table[r];
                for (var i = 0; i < d; i++)
                    row[i] = values[(r * d) + i] * scales[r];
            }
        }

        void Fill(LearnedMatrix matrix, string name, int outputs, int inputs)
        {
            var values = file.Get(name, ElementType.I8, outputs, inputs).Int8;
            var scales = file.Get(name + "_scale", ElementType.F32, outputs).Floats;
            for (var o = 0; o < outputs; o++)
            {
                for (var i = 0; i < inputs; i++)
                    matrix[o, i] = values[(o * inputs) + i] * scales[o];
            }
        }
    }
}

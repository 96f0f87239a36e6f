using Compressor.Prediction.Networks;
using Compressor.Symbols;

namespace Compressor.Cli.Tests;

/// <summary>
/// A folder of small models that know nothing: all tokens are about equally likely. But some tokens are two letters, so
/// text becomes smaller.
/// </summary>
public sealed class TestModels : IDisposable
{
    /// <summary>Their tokens of two letters.</summary>
    public const string Pairs = "th he in er an re on at en nd ti es or te of ed is it al ar st to nt ng se ha as ou io le ve";

    private readonly Scratch _scratch = new();

    public TestModels()
    {
        Directory = _scratch.Path;
        // One for every kind of text: what a text looks like decides nothing here.
        foreach (var name in (string[])["en-fast", "code-fast", "world-fast"])
            Write(System.IO.Path.Combine(Directory, name), seed: 1);
        Other = System.IO.Path.Combine(_scratch.Path, "elsewhere", "other");
        Write(Other, seed: 2);
    }

    /// <summary>Holds the models that are installed.</summary>
    public string Directory { get; }

    /// <summary>A model that is not installed.</summary>
    public string Other { get; }

    public void Dispose() => _scratch.Dispose();

    public static void Write(string folder, int seed)
    {
        var config = new ModelConfig
        {
            VocabularySize = 288,
            HiddenSize = 32,
            Layers = 1,
            Heads = 1,
            KeyValueHeads = 1,
            HeadSize = 32,
            IntermediateSize = 32,
            Window = 32,
            NgramBuckets = 32,
        };
        System.IO.Directory.CreateDirectory(folder);
        using (var file = File.Create(System.IO.Path.Combine(folder, "config.json")))
            config.Save(file);
        using (var file = File.Create(System.IO.Path.Combine(folder, "tokenizer.json")))
            TokenizerFile.Save(new Tokenizer([.. Pairs.Split(' ').Select(pair => ((int)pair[0], (int)pair[1]))]), file);
        using (var file = File.Create(System.IO.Path.Combine(folder, "model.safetensors")))
            Weights(config, seed).Save(file);
    }

    private static SafetensorsFile Weights(ModelConfig config, int seed)
    {
        var random = new Random(seed);
        var file = new SafetensorsFile();
        var d = config.HiddenSize;
        Add("model.embed_tokens.weight", config.VocabularySize);
        Add("model.ngram_embeddings.0.weight", config.NgramBuckets);
        Add("model.ngram_embeddings.1.weight", config.NgramBuckets);
        foreach (var name in new[] { "self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj", "mlp.up_proj", "mlp.down_proj" })
            Add($"model.layers.0.{name}.weight", d);
        Add("lm_head.weight", config.VocabularySize);
        return file;

        void Add(string name, int rows)
        {
            var values = new sbyte[rows * d];
            for (var i = 0; i < values.Length; i++)
                values[i] = (sbyte)random.Next(-64, 65);
            var scales = new float[rows];
            Array.Fill(scales, 0.0005f);
            file.Add(name, values, rows, d);
            file.Add(name + "_scale", scales, rows);
        }
    }
}

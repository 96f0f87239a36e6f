using System.Text.Json.Nodes;
using Compressor.Prediction.Networks;
using Compressor.Tests.Prediction.Networks.Decoders;

namespace Compressor.Tests;

/// <summary>Checkpoints of other kinds made to harm, or damaged: each is refused by name of file and tensor or field, before it costs memory.</summary>
public sealed class HostileCheckpointTests : IDisposable
{
    private const long Modest = 16 << 20;

    private readonly TestCheckpoint _checkpoint = new(TestCheckpoint.Llama());

    public void Dispose() => _checkpoint.Dispose();

    [Theory]
    [InlineData("model_type", "\"mamba\"", "model_type 'mamba'")]
    [InlineData("hidden_act", "\"relu\"", "hidden_act")]
    [InlineData("hidden_size", "16384", "'model.layers.0.input_layernorm.weight'")]
    [InlineData("hidden_size", "99999999", "hidden_size")]
    [InlineData("intermediate_size", "65504", "'model.layers.0.mlp.gate_proj.weight'")]
    [InlineData("num_hidden_layers", "256", "'model.layers.2.input_layernorm.weight'")]
    [InlineData("num_key_value_heads", "3", "key/value heads")]
    [InlineData("head_dim", "13", "head_dim")]
    [InlineData("head_dim", "512", "'model.layers.0.self_attn.q_proj.weight'")]
    [InlineData("vocab_size", "262144", "'lm_head.weight'")]
    [InlineData("vocab_size", "262145", "vocab_size")]
    [InlineData("vocab_size", "200", "vocab_size of 200")]
    [InlineData("max_position_embeddings", "8", "positions")]
    [InlineData("rms_norm_eps", "-1", "rms_norm_eps")]
    [InlineData("rope_theta", "0", "rope_theta")]
    [InlineData("rope_scaling", "{\"rope_type\":\"longrope\",\"factor\":2}", "rope_scaling")]
    [InlineData("rope_scaling", "{\"rope_type\":\"llama3\",\"factor\":2}", "low_freq_factor")]
    [InlineData("bos_token_id", "99999", "bos_token_id")]
    [InlineData("tie_word_embeddings", "\"yes\"", "tie_word_embeddings")]
    [InlineData("quantization_config", "{}", "quantization_config")]
    public void FieldsOutOfRangeAreNamed(string field, string value, string named)
    {
        _checkpoint.Config[field] = JsonNode.Parse(value);
        _checkpoint.Write();
        AssertRefused(named);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(1e9f)]
    public void WeightsThatAreNoNumbersAreNamed(float value)
    {
        _checkpoint.Tensors["model.layers.1.mlp.down_proj.weight"].Values[17] = value;
        _checkpoint.Write();
        AssertRefused("'model.layers.1.mlp.down_proj.weight'");
    }

    [Fact]
    public void AMissingTensorIsNamed()
    {
        _checkpoint.Tensors.Remove("model.norm.weight");
        _checkpoint.Write();
        AssertRefused("'model.norm.weight'");
    }

    [Fact]
    public void EveryShorterFileIsRefused()
    {
        var path = Path.Combine(_checkpoint.Folder, "model.safetensors");
        var whole = File.ReadAllBytes(path);
        foreach (var length in (int[])[0, 7, 8, 100, whole.Length / 2, whole.Length - 1])
        {
            File.WriteAllBytes(path, whole[..length]);
            AssertRefused("model.safetensors");
        }
        File.WriteAllBytes(path, [.. whole, 0]);
        AssertRefused("model.safetensors");
    }

    [Theory]
    [InlineData("the merge", "merge 0 needs")]
    [InlineData("hole", "no token has the id")]
    [InlineData("same id", "same id")]
    [InlineData("large id", "id that is not within")]
    [InlineData("byte", "byte 0x41")]
    [InlineData("type", "\"Unigram\"")]
    [InlineData("deep", "tokenizer.json")]
    public void BadTokenizersAreNamed(string damage, string named)
    {
        var json = TestCheckpoint.Tokenizer();
        var model = json["model"]!.AsObject();
        var vocabulary = model["vocab"]!.AsObject();
        if (damage == "the merge") model["merges"] = new JsonArray("q zz");
        if (damage == "hole") vocabulary["zz"] = 290;
        if (damage == "same id") vocabulary["zz"] = 3;
        if (damage == "large id") vocabulary["zz"] = 1 << 20;
        if (damage == "byte")
        {
            vocabulary.Remove("<0x41>");
            vocabulary["zz"] = 3 + 0x41;
        }
        if (damage == "type") model["type"] = "Unigram";
        var text = damage == "deep" ? new string('[', 100_000) : json.ToJsonString();
        File.WriteAllText(Path.Combine(_checkpoint.Folder, "tokenizer.json"), text);
        AssertRefused(named);
    }

    [Theory]
    [InlineData("../model.safetensors")]
    [InlineData("")]
    public void AnIndexLeadsNowhereElse(string name)
    {
        File.Delete(Path.Combine(_checkpoint.Folder, "model.safetensors"));
        File.WriteAllText(Path.Combine(_checkpoint.Folder, Checkpoint.IndexName), new JsonObject { ["weight_map"] = new JsonObject { ["a"] = name } }.ToJsonString());
        AssertRefused(Checkpoint.IndexName);
    }

    /// <summary>Flips bytes in the headers of checkpoint and copy, and in both JSON files: a model or an error with a name, nothing else.</summary>
    [Fact]
    public void DamageIsAnErrorOrAModel()
    {
        var copy = Path.Combine(_checkpoint.Folder, "copy");
        LanguageModel.Import(_checkpoint.Folder, copy);
        var random = new Random(11);
        foreach (var folder in (string[])[_checkpoint.Folder, copy])
        {
            foreach (var name in (string[])["config.json", "tokenizer.json", "model.safetensors"])
            {
                var path = Path.Combine(folder, name);
                var whole = File.ReadAllBytes(path);
                for (var i = 0; i < 40; i++)
                {
                    var damaged = (byte[])whole.Clone();
                    damaged[random.Next(Math.Min(damaged.Length, 3000))] ^= (byte)(1 << random.Next(8));
                    // A new file each time: the old one may still be mapped.
                    File.Delete(path);
                    File.WriteAllBytes(path, damaged);
                    try
                    {
                        LanguageModel.Load(folder);
                    }
                    catch (Exception e) when (e is InvalidDataException or IOException)
                    {
                        Assert.NotEmpty(e.Message);
                    }
                }
                File.Delete(path);
                File.WriteAllBytes(path, whole);
            }
        }
    }

    private void AssertRefused(string named)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.Throws<InvalidDataException>(() => LanguageModel.Load(_checkpoint.Folder));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Modest);
    }
}

using System.Text;
using System.Text.Json.Nodes;
using Compressor.Kernels;
using Compressor.Prediction;
using Compressor.Prediction.Networks;
using Compressor.Prediction.Networks.Decoders;

namespace Compressor.Tests.Prediction.Networks.Decoders;

/// <summary>Other people's models: close to what floats make of them, and the same bits everywhere.</summary>
public sealed class DecoderTests
{
    private static readonly byte[] Text = Encoding.UTF8.GetBytes("the one on the heath ate an oat, the other a toe");

    public static TheoryData<string> Variants => ["llama", "tied", "linear", "mistral", "qwen2", "qwen3", "phi3", "gpt2", "F16", "BF16", "F8_E4M3"];

    private static TestCheckpoint Make(string variant)
    {
        var config = variant == "gpt2" ? TestCheckpoint.Gpt2() : TestCheckpoint.Llama(variant is "qwen2" or "qwen3" or "mistral" or "phi3" ? variant : "llama");
        if (variant == "tied") config["tie_word_embeddings"] = true;
        if (variant == "mistral") config["sliding_window"] = 9;
        if (variant == "linear") config["rope_scaling"] = new JsonObject { ["rope_type"] = "linear", ["factor"] = 4.0 };
        return new TestCheckpoint(config, variant.StartsWith('F') || variant.StartsWith('B') ? variant : "F32");
    }

    /// <summary>The mean divergence from the float model is below a two-hundredth of its entropy.</summary>
    [Theory]
    [MemberData(nameof(Variants))]
    public void EveryFamilyIsCloseToItsFloatModel(string variant)
    {
        using var checkpoint = Make(variant);
        var model = LanguageModel.Load(checkpoint.Folder);
        var tokens = model.Tokenize(Text);
        var wanted = new FloatDecoder(checkpoint.Config, checkpoint.Tensors).Run([1, .. tokens]);
        using var session = model.CreateSession();
        double divergence = 0, entropy = 0;
        for (var t = 0; t <= tokens.Length; t++)
        {
            if (t > 0) session.Advance(tokens[t - 1]);
            var got = session.Log2Probabilities;
            // Of the tokens that can occur.
            int[] ids = [.. Enumerable.Range(0, model.VocabularySize).Where(id => !model.BytesOf(id).IsEmpty)];
            var all = Math.Log(ids.Sum(id => Math.Exp(wanted[t][id])));
            foreach (var id in ids)
            {
                var log = wanted[t][id] - all;
                divergence += Math.Exp(log) * (log - got[id] * Math.Log(2));
                entropy -= Math.Exp(log) * log;
            }
        }
        Assert.InRange(divergence / entropy, 0, 0.005);
    }

    /// <summary>Also across the end of a context, where it starts afresh.</summary>
    [Theory]
    [InlineData("llama")]
    [InlineData("mistral")]
    [InlineData("qwen3")]
    [InlineData("gpt2")]
    public void EveryInstructionSetAndBatchGivesTheSameBits(string variant)
    {
        using var checkpoint = Make(variant);
        var random = new Random(3);
        int[] ids = [.. Enumerable.Range(0, 150).Select(_ => random.Next(130, 259))];
        var files = (File.ReadAllBytes(Path.Combine(checkpoint.Folder, "config.json")), File.ReadAllBytes(Path.Combine(checkpoint.Folder, "tokenizer.json")));
        List<int>? wanted = null;
        foreach (var set in Enum.GetValues<InstructionSet>().Where(InstructionSets.IsSupported))
        {
            var network = ImportedModel.Load(checkpoint.Folder, files.Item1, files.Item2, set).Network;
            foreach (var (lanes, rows) in ((int, int)[])[(1, 32), (3, 1), (2, 7)])
            {
                var weights = WeightsOf(network, ids, lanes, rows);
                wanted ??= weights;
                Assert.Equal(wanted, weights);
            }
        }
    }

    private static List<int> WeightsOf(DecoderNetwork network, int[] ids, int lanes, int rows)
    {
        var result = new List<int>();
        var length = TokenDistribution.RowLength(network.VocabularySize);
        int[] inputs = [network.StartToken, .. ids];
        using var state = network.Open(lanes, rows);
        for (var start = 0; start < inputs.Length; start += rows)
        {
            var part = inputs[start..Math.Min(start + rows, inputs.Length)];
            // Every lane but the last sees the same with other tokens.
            int[] tokens = [.. Enumerable.Range(0, lanes).SelectMany(lane => lane == lanes - 1 ? part : [.. part.Select(_ => 40 + lane)])];
            state.Run(tokens, lanes);
            var weights = new int[part.Length * length];
            state.VocabularyWeights((lanes - 1) * part.Length, part.Length, weights);
            result.AddRange(weights);
        }
        return result;
    }

    [Theory]
    [InlineData("llama")]
    [InlineData("gpt2")]
    public void ACopyIsTheSameModel(string variant)
    {
        using var checkpoint = Make(variant);
        Plant(checkpoint);
        var copy = Path.Combine(checkpoint.Folder, "copy");
        var imported = LanguageModel.Import(checkpoint.Folder, copy);
        LanguageModel original = LanguageModel.Load(checkpoint.Folder), loaded = LanguageModel.Load(copy);
        Assert.Equal(original.Id, loaded.Id);
        Assert.Equal(original.Id, imported.Id);
        Assert.Equal(original.CostInBits(Text), loaded.CostInBits(Text));
        Assert.Throws<IOException>(() => LanguageModel.Import(checkpoint.Folder, copy));
        var compressed = Lmz.Compress(Text, new LmzCompressionOptions { Model = original });
        Assert.Equal(Text, Lmz.Decompress(compressed, new LmzDecompressionOptions { Models = [loaded] }));
    }

    [Fact]
    public void SeveralFilesAreOneModel()
    {
        using var checkpoint = Make("llama");
        var whole = LanguageModel.Load(checkpoint.Folder);
        File.Delete(Path.Combine(checkpoint.Folder, "model.safetensors"));
        var map = new JsonObject();
        foreach (var part in checkpoint.Tensors.Chunk(5).Select((tensors, i) => (Tensors: tensors, Name: $"model-{i}.safetensors")))
        {
            checkpoint.WriteTensors(Path.Combine(checkpoint.Folder, part.Name), part.Tensors);
            foreach (var tensor in part.Tensors) map[tensor.Key] = part.Name;
        }
        File.WriteAllText(Path.Combine(checkpoint.Folder, Checkpoint.IndexName), new JsonObject { ["weight_map"] = map }.ToJsonString());
        Assert.Equal(whole.Id, LanguageModel.Load(checkpoint.Folder).Id);
    }

    /// <summary>Weights a hundred times their neighbours, as large models have them, cost the neighbours nothing.</summary>
    [Fact]
    public void OutliersDoNotSpoilTheirRow()
    {
        using var checkpoint = Make("llama");
        Plant(checkpoint);
        var model = LanguageModel.Load(checkpoint.Folder);
        var tokens = model.Tokenize(Text);
        var wanted = new FloatDecoder(checkpoint.Config, checkpoint.Tensors).Run([1, .. tokens]);
        var bits = Enumerable.Range(0, tokens.Length).Sum(t => -wanted[t][tokens[t]] / Math.Log(2));
        Assert.InRange(model.CostInBits(Text) / bits, 0.9, 1.005);
    }

    private static void Plant(TestCheckpoint checkpoint)
    {
        foreach (var (_, values) in checkpoint.Tensors.Where(tensor => tensor.Value.Shape.Length == 2 && tensor.Key.Contains("mlp", StringComparison.Ordinal)).Select(tensor => tensor.Value))
        {
            for (var i = 5; i < values.Length; i += 997) values[i] *= 100;
        }
        checkpoint.Write();
    }

    /// <summary>A real checkpoint, where there is one beside a reference of its bits (the environment names its folder).</summary>
    [CheckpointFact]
    public void ARealModelCostsWhatItsReferenceSays()
    {
        var folder = CheckpointFactAttribute.Folder!;
        var reference = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "reference.json")))!;
        int[] ids = [.. reference["ids"]!.AsArray().Select(id => (int)id!)];
        var model = LanguageModel.Load(folder);
        using var session = model.CreateSession();
        var bits = 0.0;
        foreach (var id in ids[1..])
        {
            bits -= session.Log2ProbabilityOf(id);
            session.Advance(id);
        }
        Assert.InRange(bits, 0, 1.005 * (double)reference["bits"]!);
    }

    [Fact]
    public void SessionsSampleByProbability()
    {
        using var checkpoint = Make("llama");
        var model = LanguageModel.Load(checkpoint.Folder);
        using var session = model.CreateSession();
        var probabilities = session.Log2Probabilities.ToArray();
        Assert.Equal(1, probabilities.Sum(log => Math.Pow(2, log)), 1e-4);
        var counts = new int[model.VocabularySize];
        for (var i = 0; i < 20000; i++) counts[session.Sample((i + 0.5) / 20000)]++;
        for (var id = 0; id < counts.Length; id++) Assert.Equal(Math.Pow(2, probabilities[id]), counts[id] / 20000.0, 2e-4);
        Assert.Equal(probabilities[200], session.Log2ProbabilityOf(200), 1e-4);
        Assert.Throws<ArgumentOutOfRangeException>(() => session.Advance(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => session.Advance(300));
        session.Advance(200);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 20; i++)
        {
            session.Advance(200);
            _ = session.Log2Probabilities[5];
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}

/// <summary>A fact about a checkpoint in the folder that COMPRESSOR_CHECKPOINT names; skipped without one.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CheckpointFactAttribute : FactAttribute
{
    public CheckpointFactAttribute() => Skip = Folder is null ? "COMPRESSOR_CHECKPOINT names no folder of a checkpoint" : null;

    public static string? Folder => Environment.GetEnvironmentVariable("COMPRESSOR_CHECKPOINT");
}

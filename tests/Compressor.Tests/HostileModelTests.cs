using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;
using Compressor.Prediction.Networks;
using Compressor.Symbols;
using Compressor.Tests.Prediction.Networks;

namespace Compressor.Tests;

/// <summary>Model folders made to harm: each is refused by name of file and tensor, before it costs memory.</summary>
public sealed class HostileModelTests : IDisposable
{
    private const long Modest = 8 << 20;   // bytes; the whole of a good folder is a tenth of a megabyte

    private readonly string _folder = Directory.CreateTempSubdirectory("compressor-").FullName;
    private readonly ModelConfig _config = RandomModel.Config();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void TheFolderIsGoodAsItIs()
    {
        WriteGood();
        Assert.Equal(_config.VocabularySize, LanguageModel.Load(_folder).TokenModel.VocabularySize);
    }

    [Theory]
    [InlineData("ngram_buckets", 1 << 24, "'model.ngram_embeddings.0.weight'")]
    [InlineData("hidden_size", 1 << 14, "'model.embed_tokens.weight'")]
    [InlineData("intermediate_size", 65504, "'model.layers.0.mlp.up_proj.weight'")]
    [InlineData("intermediate_size", 65536, "intermediate_size")]
    [InlineData("num_hidden_layers", 256, "'model.layers.2.self_attn.q_proj.weight'")]
    [InlineData("num_attention_heads", 1024, "'model.layers.0.self_attn.q_proj.weight'")]
    [InlineData("vocab_size", 65536, "vocab_size")]
    [InlineData("vocab_size", 257, "vocab_size")]
    [InlineData("sliding_window", 1 << 30, "sliding_window")]
    [InlineData("head_dim", 48, "head_dim")]
    [InlineData("num_key_value_heads", 3, "key/value heads")]
    public void SizesThatTheWeightsDoNotHaveCostNothing(string field, int value, string named) =>
        AssertRefused(named, () => EditConfig(json => json[field] = value));

    [Fact]
    public void ShapesWhoseProductsOverflowAreRefused()
    {
        AssertRefused("1024 heads of 512", () => EditConfig(json => (json["num_attention_heads"], json["head_dim"]) = (1024, 512)));
        AssertRefused("keys and values", () => EditConfig(json =>
            (json["num_attention_heads"], json["num_key_value_heads"], json["num_hidden_layers"], json["sliding_window"]) = (1024, 1024, 256, 16384)));
    }

    [Theory]
    [InlineData("[0]", "data_offsets")]
    [InlineData("[]", "data_offsets")]
    [InlineData("[0, 1, 2]", "data_offsets")]
    [InlineData("[-4, 0]", "byte range")]
    [InlineData("[4, 0]", "byte range")]
    [InlineData("[0, 9223372036854775807]", "byte range")]
    [InlineData("[9223372036854775807, -9223372036854775808]", "byte range")]
    [InlineData("[0, 1e400]", "header")]
    [InlineData("[0, 99999999999999999999]", "header")]
    [InlineData("[0, \"18432\"]", "header")]
    [InlineData("{}", "header")]
    [InlineData("7", "header")]
    [InlineData("null", "header")]
    public void OffsetsMustBeARangeOfTheFile(string offsets, string named) => AssertRefused(
        named, () => EditHeader(header => header["lm_head.weight"]!["data_offsets"] = JsonNode.Parse(offsets)));

    [Theory]
    [InlineData("[2147483647, 2147483647, 2147483647]")]
    [InlineData("[4294967296, 4294967296]")]
    [InlineData("[-288, -64]")]
    [InlineData("[288]")]
    [InlineData("[]")]
    [InlineData("[64, 288]")]   // as many bytes, another shape
    [InlineData("[1, 1, 1, 1, 1, 1, 1, 288, 64]")]
    public void ShapesMustBeThoseOfTheModel(string shape) => AssertRefused(
        "'lm_head.weight'", () => EditHeader(header => header["lm_head.weight"]!["shape"] = JsonNode.Parse(shape)));

    [Fact]
    public void TensorsMayNotOverlapNorLeaveGaps()
    {
        AssertRefused("'lm_head.weight' starts", () => EditHeader(header =>
            header["lm_head.weight_scale"]!["data_offsets"] = new JsonArray(0, _config.VocabularySize * 4)));
        AssertRefused("the file goes on", () => File.AppendAllBytes(Weights, new byte[100]));
    }

    [Fact]
    public void MissingTensorsAreNamed()
    {
        var whole = RandomModel.Weights(_config, 1);
        foreach (var missing in whole.Names)
        {
            AssertRefused($"'{missing}' is missing", () =>
            {
                var file = new SafetensorsFile();
                foreach (var name in whole.Names.Where(name => name != missing)) Copy(whole, file, name);
                WriteWeights(file);
            });
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    [InlineData(-1e-9f)]
    [InlineData(17f)]
    public void NumbersThatAreNoScaleAreRefused(float scale)
    {
        var whole = RandomModel.Weights(_config, 1);
        foreach (var poisoned in whole.Names.Where(name => name.EndsWith("_scale", StringComparison.Ordinal)))
        {
            AssertRefused($"'{poisoned}'", () =>
            {
                var file = new SafetensorsFile();
                foreach (var name in whole.Names.Where(name => name != poisoned)) Copy(whole, file, name);
                var scales = Entry(whole, poisoned).Floats.ToArray();
                scales[^1] = scale;
                file.Add(poisoned, scales, scales.Length);
                WriteWeights(file);
            });
        }
    }

    [Fact]
    public void DeepAndRepeatedJsonIsRefused()
    {
        var deep = string.Concat(Enumerable.Repeat("[", 100_000)) + string.Concat(Enumerable.Repeat("]", 100_000));
        AssertRefused("config.json", () => EditConfigText(text => text.Insert(1, $"\"x\": {deep},")));
        AssertRefused("tokenizer.json", () => File.WriteAllText(Path.Combine(_folder, "tokenizer.json"), $"{{\"model\": {deep}}}"));
        AssertRefused("model.safetensors", () => WriteHeader($"{{\"x\": {deep}}}"));
        AssertRefused("config.json", () => EditConfigText(text => text.Insert(1, "\"hidden_size\": 32,")));
        AssertRefused("model.safetensors", () => WriteHeader("""{"a": {"dtype": "I8", "shape": [0], "data_offsets": [0, 0]}, "a": {"dtype": "I8", "shape": [0], "data_offsets": [0, 0]}}"""));
    }

    [Theory]
    [InlineData("\"\\ud800\"")]   // half a surrogate pair: valid JSON, no text
    [InlineData("\"\"")]
    [InlineData("[]")]
    [InlineData("1e999")]
    [InlineData("null")]
    public void ValuesOfAnotherKindAreRefused(string value)
    {
        foreach (var field in (string[])["\"hidden_size\": 64", "\"hidden_act\": \"relu2\"", "\"rope_theta\": 10000"])
            AssertRefused("config.json", () => EditConfigText(text => text.Replace(field, $"{field[..field.IndexOf(' ', StringComparison.Ordinal)]} {value}")));
        AssertRefused("config.json", () => EditConfigText(text => text.Insert(1, $"\"\\ud800\": {value}, \"hidden_size\": {value},")));
        foreach (var field in (string[])["\"dtype\":\"I8\"", "\"shape\":[288,64]"])
            AssertRefused("model.safetensors", () => EditHeaderText(text => text.Replace(field, $"{field[..field.IndexOf(':', StringComparison.Ordinal)]}:{value}")));
        WriteGood();
        string tokenizer = Path.Combine(_folder, "tokenizer.json"), good = File.ReadAllText(tokenizer);
        foreach (var changed in (string[])[good.Replace("\"a a\"", value), good.Replace("\"version\": \"1.0\"", $"\"version\": {value}"), good.Insert(1, $"\"\\ud800\": {value},")])
        {
            Assert.NotEqual(good, changed);
            AssertRefused("tokenizer.json", () => File.WriteAllText(tokenizer, changed));
        }
    }

    [Fact]
    public void NamesOfAnyLengthAreShownShort()
    {
        var name = new string('x', 1 << 20) + "\u001b[2J";
        var error = AssertRefused("xxx", () => WriteHeader(F16(name.Replace("\u001b", "\\u001b"))));
        Assert.InRange(error.Message.Length, 80, 300);
        error = AssertRefused("'?[2J'".Replace('?', '\uFFFD'), () => WriteHeader(F16("\\u001b[2J")));
        Assert.DoesNotContain('\u001b', error.Message);

        static string F16(string name) => $"{{\"{name}\": {{\"dtype\": \"F16\", \"shape\": [0], \"data_offsets\": [0, 0]}}}}";
    }

    [Fact]
    public void TruncatedAndOversizedFilesAreRefused()
    {
        WriteGood();
        var weights = File.ReadAllBytes(Weights);
        for (var length = 0; length < weights.Length; length += 997)
            AssertRefused("model.safetensors", () => File.WriteAllBytes(Weights, weights[..length]));
        foreach (var (name, length) in new[] { ("model.safetensors", (1L << 30) + 1), ("tokenizer.json", (1L << 26) + 1), ("config.json", (1L << 20) + 1) })
        {
            AssertRefused(name, () =>
            {
                using var file = File.OpenWrite(Path.Combine(_folder, name));
                file.SetLength(length);   // sparse: takes no space
            });
        }
    }

    /// <summary>Whatever single byte of the header or of the configuration is changed, nothing but <see cref="InvalidDataException"/> comes of it.</summary>
    [Fact]
    public void DamageIsInvalidData()
    {
        var random = new Random(5);
        WriteGood();
        foreach (var path in (string[])[Weights, Path.Combine(_folder, "config.json"), Path.Combine(_folder, "tokenizer.json")])
        {
            var good = File.ReadAllBytes(path);
            for (var i = 0; i < 300; i++)
            {
                byte[] bad = [.. good];
                bad[random.Next(Math.Min(good.Length, 3000))] = (byte)random.Next(256);
                File.WriteAllBytes(path, bad);
                try
                {
                    LanguageModel.Load(_folder);
                }
                catch (InvalidDataException e)
                {
                    Assert.Matches("model.safetensors|config.json|tokenizer.json", e.Message);
                }
            }

            File.WriteAllBytes(path, good);
        }
    }

    [Fact]
    public void BuiltInModelsAreNotLookedForUpToTheRoot()
    {
        var application = Path.Combine(_folder, "a", "b", "c", "d", "e");
        Directory.CreateDirectory(application);
        var outside = Directory.CreateDirectory(Path.Combine(_folder, "models", "planted")).FullName;
        Assert.Null(BuiltInModels.Find("planted", application));
        Assert.Equal(outside, BuiltInModels.Find("planted", Path.GetDirectoryName(application)! + Path.DirectorySeparatorChar));
        var beside = Directory.CreateDirectory(Path.Combine(application, "models", "planted")).FullName;
        Assert.Equal(beside, BuiltInModels.Find("planted", application));
    }

    private string Weights => Path.Combine(_folder, "model.safetensors");

    private void WriteGood()
    {
        using (var file = File.Create(Path.Combine(_folder, "config.json"))) _config.Save(file);
        WriteWeights(RandomModel.Weights(_config, 1));
        var merges = new List<(int, int)> { ('a', 'a') };
        while (merges.Count < _config.VocabularySize - Tokenizer.FirstMerge) merges.Add(('a', Tokenizer.FirstMerge + merges.Count - 1));   // aa, aaa, …
        using (var file = File.Create(Path.Combine(_folder, "tokenizer.json"))) TokenizerFile.Save(new Tokenizer(merges), file);
    }

    /// <summary>Spoils a good folder.</summary>
    private InvalidDataException AssertRefused(string named, Action spoil)
    {
        WriteGood();
        spoil();
        _ = Assert.Throws<InvalidDataException>(() => LanguageModel.Load(_folder));   // what is compiled at the first call is not counted
        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.Throws<InvalidDataException>(() => LanguageModel.Load(_folder));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Modest);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        return error;
    }

    private void EditConfig(Action<JsonObject> edit) => EditConfigText(text =>
    {
        var json = JsonNode.Parse(text)!.AsObject();
        edit(json);
        return json.ToJsonString();
    });

    private void EditConfigText(Func<string, string> edit)
    {
        var path = Path.Combine(_folder, "config.json");
        File.WriteAllText(path, edit(File.ReadAllText(path)));
    }

    private void EditHeader(Action<JsonObject> edit) => EditHeaderText(text =>
    {
        var json = JsonNode.Parse(text)!.AsObject();
        edit(json);
        return json.ToJsonString();
    });

    private void EditHeaderText(Func<string, string> edit)
    {
        var bytes = File.ReadAllBytes(Weights);
        var length = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        WriteHeader(edit(Encoding.UTF8.GetString(bytes, 8, length)), bytes[(8 + length)..]);
    }

    private void WriteHeader(string json, params byte[] data)
    {
        byte[] header = Encoding.UTF8.GetBytes(json), length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        File.WriteAllBytes(Weights, [.. length, .. header, .. data]);
    }

    private void WriteWeights(SafetensorsFile weights)
    {
        using var file = File.Create(Weights);
        weights.Save(file);
    }

    private static void Copy(SafetensorsFile from, SafetensorsFile to, string name)
    {
        var entry = Entry(from, name);
        if (entry.Type == ElementType.F32) to.Add(name, entry.Floats, entry.Shape);
        else to.Add(name, entry.Int8, entry.Shape);
    }

    private static SafetensorsEntry Entry(SafetensorsFile file, string name)
    {
        using var stream = new MemoryStream();
        file.Save(stream);
        var bytes = stream.ToArray();
        var tensor = JsonNode.Parse(bytes.AsSpan(8, (int)BinaryPrimitives.ReadInt64LittleEndian(bytes)))![name]!;
        return file.Get(name, Enum.Parse<ElementType>((string)tensor["dtype"]!), [.. tensor["shape"]!.AsArray().Select(size => (long)size!)]);
    }
}

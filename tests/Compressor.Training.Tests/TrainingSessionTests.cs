using Compressor.Prediction.Networks;
using Compressor.Symbols;
using Compressor.Training.Export;

namespace Compressor.Training.Tests;

public class TrainingSessionTests
{
    [Fact]
    public void LearnsASmallText()
    {
        using var folder = new TemporaryFolder();
        var reports = Train(folder, Options(folder, steps: 150));
        var first = reports.First(r => r.Stage == TrainingStage.Training).Loss;
        var last = reports.Last(r => r.Stage == TrainingStage.Training);
        Assert.True(first > 3.5, $"first loss {first}");
        Assert.True(last.Loss < 1.2, $"last loss {last.Loss}");
        // About ln 125 nats for a line of some 25 bytes.
        Assert.InRange(last.BitsPerByte, 0.2, 0.8);
        Assert.InRange(reports[^1].ValidationBitsPerByte!.Value, 0.2, 0.8);
    }

    [Fact]
    public void AResumedRunGivesTheSameBits()
    {
        using var folder = new TemporaryFolder();
        Train(folder, Options(folder, steps: 30) with { OutputFolder = folder.At("whole") });

        var options = Options(folder, steps: 30) with { OutputFolder = folder.At("parts") };
        using (var stop = new CancellationTokenSource())
        {
            var stopAt20 = new Reports(r => { if (r is { Stage: TrainingStage.Training, Step: 20 }) stop.Cancel(); });
            Assert.False(TrainingSession.Run(options, TinyModel.Recipe, stopAt20, stop.Token));
        }

        var resumed = Train(folder, options with { Resume = true });
        Assert.Equal(30, resumed.First(r => r.Stage == TrainingStage.Training).Step);
        Assert.Equal(File.ReadAllBytes(folder.At("whole", "model.safetensors")), File.ReadAllBytes(folder.At("parts", "model.safetensors")));
        Assert.Equal(CheckpointTensors(folder.At("whole")), CheckpointTensors(folder.At("parts")));
        Assert.Equal(StepsAndLosses(folder.At("whole")), StepsAndLosses(folder.At("parts")));
    }

    [Fact]
    public void ASecondRunIsKeptOutOfTheFolder()
    {
        using var folder = new TemporaryFolder();
        var options = Options(folder, steps: 10);
        string? refusal = null;
        var other = new Reports(r =>
        {
            if (r.Stage == TrainingStage.Training)
                refusal ??= Assert.Throws<IOException>(() => TrainingSession.Run(options, TinyModel.Recipe, null, default)).Message;
        });
        Assert.True(TrainingSession.Run(options, TinyModel.Recipe, other, default));
        Assert.Contains($"another training run is writing to '{folder.At("out", "checkpoint")}'", refusal, StringComparison.Ordinal);
        Train(folder, options with { Resume = true }); // the first has ended
    }

    [Fact]
    public void WhatAKilledRunLeftHalfWrittenDoesNotMatter()
    {
        using var folder = new TemporaryFolder();
        var options = Options(folder, steps: 30);
        Train(folder, options with { OutputFolder = folder.At("whole") });
        using (var stop = new CancellationTokenSource())
            Assert.False(TrainingSession.Run(options, TinyModel.Recipe, new Reports(r => { if (r.Step == 20) stop.Cancel(); }), stop.Token));

        // As after a kill while the next checkpoint was written, and the files that come after it were not.
        foreach (var name in (string[])["checkpoint/checkpoint.safetensors.tmp", "checkpoint/loss.csv.tmp", "model.safetensors.tmp"])
            File.WriteAllText(folder.At("out", name), "half");
        File.AppendAllText(folder.At("out", "checkpoint", "loss.csv"), "30,1,1,1,1,\n");
        File.Delete(folder.At("out", "model.safetensors"));
        Train(folder, options with { Resume = true });
        Assert.Equal(CheckpointTensors(folder.At("whole")), CheckpointTensors(folder.At("out")));
        Assert.Equal(StepsAndLosses(folder.At("whole")), StepsAndLosses(folder.At("out")));
        Assert.Empty(Directory.GetFiles(folder.At("out"), "*.tmp", SearchOption.AllDirectories));
    }

    [Fact]
    public void ATimedRunDecaysWhenHalfOfItsTimeIsOver()
    {
        using var folder = new TemporaryFolder();
        var options = Options(folder, steps: null) with { Duration = TimeSpan.FromMilliseconds(1) };
        var reports = Train(folder, options);
        Assert.Equal(2, reports[^1].TotalSteps); // the time is up at once: one step, and as many of decay
        Assert.Equal(2, reports[^1].Step);

        // Its decay has begun: more time changes nothing.
        reports = Train(folder, options with { Resume = true, Duration = TimeSpan.FromHours(1) });
        Assert.Equal(2, reports[^1].TotalSteps);
    }

    [Fact]
    public void AnExtendedRunIsTheLongRun()
    {
        using var folder = new TemporaryFolder();
        Train(folder, Options(folder, steps: 66) with { OutputFolder = folder.At("long") });

        var options = Options(folder, steps: 60) with { OutputFolder = folder.At("extended") };
        Train(folder, options);
        var longer = options with { Steps = 66 };
        Assert.Contains("extend", Assert.Throws<InvalidDataException>(() => Train(folder, longer with { Resume = true })).Message, StringComparison.Ordinal);
        Assert.Contains("step 20", Assert.Throws<InvalidDataException>(() => Train(folder, longer with { Extend = true, Steps = 36 })).Message, StringComparison.Ordinal);
        Train(folder, longer with { Extend = true });
        Assert.Equal(CheckpointTensors(folder.At("long")), CheckpointTensors(folder.At("extended")));
        Assert.Equal(StepsAndLosses(folder.At("long")), StepsAndLosses(folder.At("extended")));
    }

    [Fact]
    public void AnExtendedRunMayGoOnWithOtherData()
    {
        using var folder = new TemporaryFolder();
        var options = Options(folder, steps: 40);
        Train(folder, options);
        folder.File("more/d.txt", TinyModel.Text(200).Replace("crow", "raven", StringComparison.Ordinal));
        options = options with { DataFolders = [new(folder.At("more"))] };
        Assert.Contains("other data", Assert.Throws<InvalidDataException>(() => Train(folder, options with { Resume = true })).Message, StringComparison.Ordinal);
        Train(folder, options with { Extend = true, Steps = 44 });
        Assert.Contains("(other data up to step 14)", File.ReadAllText(folder.At("out", "README.md")), StringComparison.Ordinal);
        Train(folder, options with { Resume = true, Steps = 44 });
    }

    [Fact]
    public void FineTuningStartsFromAnExportedModel()
    {
        using var folder = new TemporaryFolder();
        Train(folder, Options(folder, steps: 150));

        folder.File("more/d.txt", TinyModel.Text(200).Replace("crow", "raven", StringComparison.Ordinal));
        var options = Options(folder, steps: 10) with { DataFolders = [new(folder.At("more"))], InitialModel = folder.At("out"), OutputFolder = folder.At("tuned") };
        Train(folder, options);
        Assert.InRange(LossOfLastReport(folder.At("tuned")), 0, 2.5); // from nothing, the first ten steps have more than 3.5
        Assert.Equal(File.ReadAllBytes(folder.At("out", "tokenizer.json")), File.ReadAllBytes(folder.At("tuned", "tokenizer.json")));
        Assert.Equal(File.ReadAllBytes(folder.At("out", "config.json")), File.ReadAllBytes(folder.At("tuned", "config.json")));

        Train(folder, options with { Resume = true });
        Assert.Contains("started from", Assert.Throws<InvalidDataException>(
            () => TrainingSession.Run(options with { Resume = true, InitialModel = folder.At("tuned") })).Message, StringComparison.Ordinal);

        static double LossOfLastReport(string output) =>
            double.Parse(File.ReadLines(Path.Combine(output, "checkpoint", "loss.csv")).Last().Split(',')[1], System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public void AGrownModelComputesTheSame()
    {
        using var folder = new TemporaryFolder();
        Train(folder, Options(folder, steps: 100));
        var small = new ModelImporter(folder.At("out"));
        var config = small.Config with { HiddenSize = 96, Layers = 3, Heads = 4, IntermediateSize = 128, NgramBuckets = 512 };
        var batch = new Data.BatchSampler(
            Data.TokenMixture.Of(Data.TokenCorpus.Create([new Data.TextDocument("t", System.Text.Encoding.UTF8.GetBytes(TinyModel.Text(60)))], small.Tokenizer, 1)), 2, 32, 1).Sample(0);
        double before = Loss(small.Config), after = Loss(config);
        Assert.True(before < 2, $"loss {before}");
        Assert.Equal(before, after, 1e-4);
        Assert.Contains("larger", Assert.Throws<InvalidDataException>(() => Loss(small.Config with { Layers = 1 })).Message, StringComparison.Ordinal);
        Assert.Contains("head size", Assert.Throws<InvalidDataException>(() => Loss(small.Config with { HeadSize = 64 })).Message, StringComparison.Ordinal);

        double Loss(ModelConfig shape)
        {
            using var scope = torch.NewDisposeScope();
            using var model = new Training.Model.TrainableTransformer(shape);
            small.CopyTo(model);
            return Model.ReferenceModel.Loss(model, batch).ToDouble();
        }
    }

    [Fact]
    public void TheCardSaysWhatEightBitsCost()
    {
        using var folder = new TemporaryFolder();
        var reports = Train(folder, Options(folder, steps: 150));
        var card = File.ReadAllText(folder.At("out", "README.md"));
        var match = System.Text.RegularExpressions.Regex.Match(card, @"int8 as the compressor runs it \| ([0-9.]+) bits/byte");
        Assert.True(match.Success, card);
        double exact = double.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture), floating = reports[^1].ValidationBitsPerByte!.Value;
        Assert.InRange(exact / floating, 0.98, 1.02);
        Assert.NotEqual(exact, floating); // it is another computation
    }

    [Fact]
    public void TheCardSaysWhatEachKindOfHeldOutTextCosts()
    {
        using var folder = new TemporaryFolder();
        var options = Options(folder, steps: 60);
        folder.File("other/d.txt", "1234567890 !? +-*/ (other) [signs] {than} the rest\n");
        var reports = Train(folder, options with { ValidationFolders = [folder.At("valid"), folder.At("other")] });
        var card = File.ReadAllText(folder.At("out", "README.md"));
        double valid = Cost("valid"), other = Cost("other");
        Assert.True(other > valid + 1, card);
        Assert.InRange(reports[^1].ValidationBitsPerByte!.Value, valid, other);

        double Cost(string kind)
        {
            var match = System.Text.RegularExpressions.Regex.Match(card, $@"of that {kind}, \d+ bytes \| ([0-9.]+) bits/byte");
            Assert.True(match.Success, card);
            return double.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
        }
    }

    [Fact]
    public void HeldOutTextAndExcludedNamesAreNotTrainedOn()
    {
        using var folder = new TemporaryFolder();
        var options = Options(folder, steps: 4);
        folder.File("data/copy.txt", File.ReadAllText(folder.At("valid", "c.txt")));
        folder.File("data/Author, Some/book.txt", TinyModel.Text(100));
        string[] notes = [.. Train(folder, options with { Excluded = ["author, some"] }).Where(r => r.Note is not null).Select(r => r.Note!)];
        Assert.Contains(notes, note => note.StartsWith("copy.txt: in the held-out text", StringComparison.Ordinal));
        Assert.Contains(notes, note => note.StartsWith("Author, Some/book.txt: excluded", StringComparison.Ordinal));
        Assert.Contains(notes, note => note.StartsWith("2 files", StringComparison.Ordinal));
    }

    [Fact]
    public void TheCardShowsTheCourseOfTheLoss()
    {
        using var folder = new TemporaryFolder();
        Train(folder, Options(folder, steps: 40));
        Assert.Contains("(loss.svg)", File.ReadAllText(folder.At("out", "README.md")), StringComparison.Ordinal);
        var svg = System.Xml.Linq.XDocument.Parse(File.ReadAllText(folder.At("out", "loss.svg")));
        Assert.Single(svg.Descendants(), e => e.Name.LocalName == "circle"); // one checkpoint, one held-out measurement
        string[] numbers = [.. svg.Descendants().Where(e => e.Name.LocalName == "path").Select(e => e.Attribute("d")!.Value)];
        Assert.DoesNotContain(numbers, n => n.Contains("NaN", StringComparison.Ordinal));
        Assert.Contains(numbers, n => n.Count(c => c == 'L') == 3); // four reports
    }

    [Fact]
    public void TheExportedModelIsTheTrainedOne()
    {
        using var folder = new TemporaryFolder();
        var options = Options(folder, steps: 20);
        Train(folder, options);
        ModelConfig config;
        using (var stream = File.OpenRead(folder.At("out", "config.json")))
            config = ModelConfig.Load(stream);
        Tokenizer tokenizer;
        using (var stream = File.OpenRead(folder.At("out", "tokenizer.json")))
            tokenizer = TokenizerFile.Load(stream);
        Assert.Equal(config.VocabularySize, tokenizer.VocabularySize);

        var exported = SafetensorsFile.Load(File.ReadAllBytes(folder.At("out", "model.safetensors")));
        var trained = SafetensorsFile.Load(File.ReadAllBytes(folder.At("out", "checkpoint", "checkpoint.safetensors")));
        int d = config.HiddenSize, keys = config.KeyValueHeads * config.HeadSize;
        AssertMatrix("model.embed_tokens.weight", config.VocabularySize, d, multiplied: false);
        AssertMatrix("model.ngram_embeddings.0.weight", config.NgramBuckets, d, multiplied: false);
        AssertMatrix("model.ngram_embeddings.1.weight", config.NgramBuckets, d, multiplied: false);
        for (var layer = 0; layer < config.Layers; layer++)
        {
            AssertMatrix($"model.layers.{layer}.self_attn.q_proj.weight", config.Heads * config.HeadSize, d, multiplied: true);
            AssertMatrix($"model.layers.{layer}.self_attn.k_proj.weight", keys, d, multiplied: true);
            AssertMatrix($"model.layers.{layer}.self_attn.v_proj.weight", keys, d, multiplied: true);
            AssertMatrix($"model.layers.{layer}.self_attn.o_proj.weight", d, config.Heads * config.HeadSize, multiplied: true);
            AssertMatrix($"model.layers.{layer}.mlp.up_proj.weight", config.IntermediateSize, d, multiplied: true);
            AssertMatrix($"model.layers.{layer}.mlp.down_proj.weight", d, config.IntermediateSize, multiplied: true);
        }

        AssertMatrix("lm_head.weight", config.VocabularySize, d, multiplied: true);
        Assert.Equal(2 * (4 + 6 * config.Layers), exported.Names.Count());
        Assert.Contains("20 steps of 4 × 32 tokens", File.ReadAllText(folder.At("out", "README.md")), StringComparison.Ordinal);

        void AssertMatrix(string name, int rows, int columns, bool multiplied)
        {
            var integers = exported.Get(name, ElementType.I8, rows, columns).Int8;
            var scales = exported.Get(name + ModelExporter.ScaleSuffix, ElementType.F32, rows).Floats;
            var values = trained.Get(name, ElementType.F32, rows, columns).Floats;
            Assert.True(values.ContainsAnyExcept(0f), name);
            for (var i = 0; i < values.Length; i++)
            {
                var scale = scales[i / columns];
                Assert.InRange(Math.Abs(values[i] - integers[i] * scale), 0, 0.50001f * scale);
                if (multiplied && i % 2 == 0)
                    Assert.InRange(Math.Abs((int)integers[i]) + Math.Abs((int)integers[i + 1]), 0, RowQuantizer.PairLimit);
            }
        }
    }

    [Fact]
    public void DivergenceIsAnErrorThatKeepsTheLastCheckpoint()
    {
        using var folder = new TemporaryFolder();
        var options = Options(folder, steps: 60) with { CheckpointInterval = TimeSpan.Zero };
        var recipe = TinyModel.Recipe with { LearningRate = 1e30, WarmupSteps = 0 };
        var error = Assert.Throws<ArithmeticException>(() => TrainingSession.Run(options, recipe, null, default));
        Assert.Matches("step [0-9]+", error.Message);
        var checkpoint = Checkpoint.Load(folder.At("out", "checkpoint", "checkpoint.safetensors"));
        Assert.Contains($"step {checkpoint.State.Step};", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ACheckpointOfAnotherRunIsRejected()
    {
        using var folder = new TemporaryFolder();
        var options = Options(folder, steps: 10);
        Train(folder, options);
        Assert.Contains("already exists", Assert.Throws<IOException>(() => Train(folder, options)).Message, StringComparison.Ordinal);

        options = options with { Resume = true };
        AssertRejected("seed", options with { Seed = 2 }, TinyModel.Recipe);
        AssertRejected("recipe", options, TinyModel.Recipe with { Sequences = 5 });
        AssertRejected("10 steps", options with { Steps = 11 }, TinyModel.Recipe);
        folder.File("data/more.txt", "more");
        AssertRejected("data", options, TinyModel.Recipe);
        File.WriteAllText(folder.At("out", "checkpoint", "checkpoint.safetensors"), "nonsense");
        AssertRejected("", options, TinyModel.Recipe);
        File.Delete(folder.At("out", "checkpoint", "checkpoint.safetensors"));
        Assert.Throws<FileNotFoundException>(() => Train(folder, options));

        static void AssertRejected(string reason, TrainingOptions options, TrainingRecipe recipe) =>
            Assert.Contains(reason, Assert.Throws<InvalidDataException>(() => TrainingSession.Run(options, recipe, null, default)).Message,
                StringComparison.Ordinal);
    }

    [Fact]
    public void BadOptionsAreNamed()
    {
        using var folder = new TemporaryFolder();
        var options = Options(folder, steps: 10);
        AssertRejected<ArgumentException>("en-fastest", options with { Preset = "en-fastest" });
        AssertRejected<ArgumentException>("steps or a duration", options with { Steps = null });
        AssertRejected<ArgumentException>("steps or a duration", options with { Duration = TimeSpan.FromMinutes(1) });
        AssertRejected<ArgumentException>("positive", options with { Steps = 0 });
        AssertRejected<ArgumentException>("data folder", options with { DataFolders = [] });
        AssertRejected<ArgumentException>("the weight 0 of", options with { DataFolders = [new(folder.At("data")) { Weight = 0 }] });
        AssertRejected<DirectoryNotFoundException>("nowhere", options with { DataFolders = [new(folder.At("nowhere"))] });

        static void AssertRejected<T>(string reason, TrainingOptions options)
            where T : Exception =>
            Assert.Contains(reason, Assert.Throws<T>(() => TrainingSession.Run(options)).Message, StringComparison.Ordinal);
    }

    private static TrainingOptions Options(TemporaryFolder folder, long? steps)
    {
        folder.File("data/a.txt", TinyModel.Text(600));
        folder.File("data/b.txt", TinyModel.Text(300).ToUpperInvariant());
        folder.File("valid/c.txt", TinyModel.Text(40));
        return new TrainingOptions
        {
            DataFolders = [new(folder.At("data"))],
            OutputFolder = folder.At("out"),
            ValidationFolders = [folder.At("valid")],
            Steps = steps,
            Threads = 2,
        };
    }

    private static List<TrainingProgress> Train(TemporaryFolder folder, TrainingOptions options)
    {
        var reports = new Reports(null);
        Assert.True(TrainingSession.Run(options, TinyModel.Recipe, reports, default));
        Assert.True(File.Exists(Path.Combine(folder.Path, options.OutputFolder, "model.safetensors")));
        return reports.All;
    }

    private static string[] CheckpointTensors(string output)
    {
        var file = SafetensorsFile.Load(File.ReadAllBytes(Path.Combine(output, "checkpoint", "checkpoint.safetensors")));
        file.Metadata.Remove("state"); // holds seconds
        return [Convert.ToHexString(file.ContentHash([])), .. file.Names];
    }

    private static string[] StepsAndLosses(string output) =>
        [.. File.ReadLines(Path.Combine(output, "checkpoint", "loss.csv")).Select(line => string.Join(',', line.Split(',')[..4]))];

    private sealed class Reports(Action<TrainingProgress>? then) : IProgress<TrainingProgress>
    {
        public List<TrainingProgress> All { get; } = [];

        public void Report(TrainingProgress value)
        {
            All.Add(value);
            then?.Invoke(value);
        }
    }
}

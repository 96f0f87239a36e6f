using System.Diagnostics;
using Compressor.Tensors;
using Compressor.Text;
using Compressor.Training;
using Compressor.Training.Data;
using Compressor.Training.Export;
using Compressor.Training.Model;
using Compressor.Training.Optimisation;

namespace Compressor.Benchmarks.Claim;

/// <summary>How far a one-pass run has come; sums are over all tokens trained on so far.</summary>
/// <param name="Step">Steps taken.</param>
/// <param name="Tokens">Tokens trained on.</param>
/// <param name="Bytes">The bytes that they stand for.</param>
/// <param name="Bits">What they cost before the model had learned from them: the area under the loss curve.</param>
internal sealed record PassState(long Step, long Tokens, long Bytes, double Bits);

/// <summary>What the model was at one moment of the pass.</summary>
/// <param name="State">The moment.</param>
/// <param name="HeldOutBits">Bits per byte of held-out text.</param>
/// <param name="Accuracy">Part of the held-out tokens guessed right.</param>
/// <param name="SeenBits">Bits per byte of a sample of the text that it was trained on.</param>
/// <param name="WeightBytes">The model as exported, compressed.</param>
internal sealed record PassPoint(PassState State, double HeldOutBits, double Accuracy, double SeenBits, long WeightBytes);

/// <summary>One run over a text that sees no part of it twice, so that every loss is that of new text.</summary>
internal sealed class OnePassRun(TrainingRecipe recipe, ClaimText text, ClaimText heldOut, string folder)
{
    private const int Seed = 1;

    /// <summary>Steps between entries of the course.</summary>
    private const int CourseInterval = 10;

    /// <summary>Batches of the text already seen that stand for all of it.</summary>
    private const int SeenBatches = 64;

    /// <summary>The parts of the pass after which the model is measured; the decay of the rate begins at three quarters.</summary>
    private static readonly double[] Moments = [1 / 64.0, 1 / 32.0, 1 / 16.0, 1 / 8.0, 1 / 4.0, 1 / 2.0, 3 / 4.0, 1];

    /// <summary>The state every ten steps.</summary>
    public List<PassState> Course { get; } = [];

    /// <summary>The measurements.</summary>
    public List<PassPoint> Points { get; } = [];

    /// <summary>Time spent in training steps.</summary>
    public double Seconds { get; private set; }

    /// <summary>Bits per byte of the held-out text under the exported model, as the codec computes it.</summary>
    public double ExportedBits { get; private set; }

    /// <summary>The held-out text as a file.</summary>
    public CodedFile? File { get; private set; }

    public void Run(Action<string> report)
    {
        torch.set_num_threads(Environment.ProcessorCount);
        torch.manual_seed(Seed);
        using var model = new TrainableTransformer(recipe.Config with { VocabularySize = text.Tokenizer.VocabularySize }, recipe.SequenceLength);
        using var optimizer = new ModelOptimizer(model, recipe);
        var sampler = new BatchSampler(text.Corpus, recipe.Sequences, recipe.SequenceLength, Seed);
        var trainer = new Trainer(model, optimizer, recipe, sampler);
        long steps = sampler.WindowsPerEpoch / recipe.Sequences;
        var moments = Moments.Select(m => (long)(m * steps)).ToHashSet();
        var state = new PassState(0, 0, 0, 0);
        var clock = new Stopwatch();
        while (state.Step < steps)
        {
            Batch batch = sampler.Sample(state.Step);
            clock.Start();
            float loss = trainer.Step(state.Step, steps);
            clock.Stop();
            state = new PassState(state.Step + 1, state.Tokens + batch.TargetCount, state.Bytes + BytesOf(batch, text.Tokenizer),
                state.Bits + (double)loss * Trainer.BitsPerNat * batch.TargetCount);
            if (state.Step % CourseInterval == 0 || state.Step == steps) Course.Add(state);
            if (!moments.Contains(state.Step)) continue;
            Points.Add(Measure(model, sampler, state, steps, loss));
            report($"{recipe.Name}: step {state.Step} of {steps}, {Points[^1].HeldOutBits:F3} bits/byte held-out, {clock.Elapsed.TotalSeconds:F0} s");
        }

        Seconds = clock.Elapsed.TotalSeconds;
        LanguageModel exported = LanguageModel.Load(folder);
        ExportedBits = ExportedCost.BitsPerByte(exported, heldOut.Corpus, recipe.SequenceLength, Environment.ProcessorCount);
        File = CodedFile.Of(heldOut.Bytes, exported);
    }

    private PassPoint Measure(TrainableTransformer model, BatchSampler sampler, PassState state, long steps, double loss)
    {
        ModelReading heldOutReading = ModelMeter.Read(model, EvaluationSet.Batches(heldOut.Corpus, recipe.Sequences, recipe.SequenceLength));
        long count = Math.Min(SeenBatches, state.Step);
        Batch[] seen = [.. Enumerable.Range(0, (int)count).Select(i => sampler.Sample(i * state.Step / count))];
        double seenBits = ModelMeter.Read(model, seen).Bits / seen.Sum(b => BytesOf(b, text.Tokenizer));
        ModelExporter.Export(folder, model, text.Tokenizer, Card(model, state, steps, loss), new LossLog());
        return new PassPoint(state, heldOutReading.Bits / heldOut.Corpus.ByteCount, heldOutReading.Accuracy, seenBits, ModelBytes.Of(folder));
    }

    private ModelCard Card(TrainableTransformer model, PassState state, long steps, double loss) => new()
    {
        Name = recipe.Name,
        Config = model.Config,
        Recipe = recipe,
        Data = [],
        DataBytes = text.Corpus.ByteCount,
        DataTokens = text.Corpus.TextTokens,
        InitialModel = null,
        State = new RunState { Step = state.Step, TotalSteps = steps },
        Seed = Seed,
        Loss = loss,
        BitsPerByte = loss * Trainer.BitsPerNat * state.Tokens / state.Bytes,
        ValidationBitsPerByte = null,
    };

    private static long BytesOf(Batch batch, Tokenizer tokenizer)
    {
        long bytes = 0;
        foreach (long target in batch.Targets)
        {
            if (target != Batch.Ignored) bytes += tokenizer.BytesOf((int)target).Length;
        }

        return bytes;
    }
}

using System.Diagnostics;
using Compressor.Training;
using Compressor.Training.Data;
using Compressor.Training.Export;
using Compressor.Training.Model;
using Compressor.Training.Native;
using TorchSharp;

namespace Compressor.Benchmarks.Claim;

/// <summary>How far a run has come; sums are over all tokens trained on so far.</summary>
/// <param name="Step">Steps taken.</param>
/// <param name="Tokens">Tokens trained on.</param>
/// <param name="Bytes">The bytes that they stand for.</param>
/// <param name="Bits">What they cost before the step that learned from them: the area under the loss curve.</param>
internal sealed record PassState(long Step, long Tokens, long Bytes, double Bits);

/// <summary>Trains a model step by step and keeps account of what each batch cost before the model had learned from it.</summary>
internal sealed class TrainingLoop : IDisposable
{
    private const int Seed = 1;

    private readonly TrainingRecipe _recipe;
    private readonly ClaimText _text;
    private readonly Trainer _trainer;
    private readonly Stopwatch _clock = new();
    private double _lastLoss;

    /// <param name="recipe">Shape and recipe; the vocabulary is the text's.</param>
    /// <param name="text">What to train on.</param>
    /// <param name="steps">Steps to take, or null for as many as see the text once.</param>
    public TrainingLoop(TrainingRecipe recipe, ClaimText text, long? steps = null)
    {
        _recipe = recipe;
        _text = text;
        LibTorch.Load();
        torch.set_num_threads(Environment.ProcessorCount);
        torch.manual_seed(Seed);
        Model = new TrainableTransformer(recipe.Config with { VocabularySize = text.Tokenizer.VocabularySize });
        Sampler = new BatchSampler(TokenMixture.Of(text.Corpus), recipe.Sequences, recipe.SequenceLength, Seed);
        _trainer = new Trainer(Model, recipe, Sampler, Environment.ProcessorCount);
        Steps = steps ?? Sampler.WindowsPerEpoch / recipe.Sequences;
    }

    public TrainableTransformer Model { get; }

    public BatchSampler Sampler { get; }

    /// <summary>Steps in all.</summary>
    public long Steps { get; }

    public PassState State { get; private set; } = new(0, 0, 0, 0);

    /// <summary>Time spent in steps.</summary>
    public double Seconds => _clock.Elapsed.TotalSeconds;

    public bool IsDone => State.Step == Steps;

    /// <summary>Takes a step.</summary>
    /// <exception cref="ArithmeticException">Training diverged.</exception>
    public void Step()
    {
        var batch = Sampler.Sample(State.Step);
        _clock.Start();
        _lastLoss = _trainer.Step(State.Step, Steps);
        _clock.Stop();
        State = new PassState(State.Step + 1, State.Tokens + batch.TargetCount, State.Bytes + BytesOf(batch),
            State.Bits + _lastLoss * Trainer.BitsPerNat * batch.TargetCount);
    }

    /// <summary>The bytes that the targets of a batch stand for.</summary>
    public long BytesOf(Batch batch)
    {
        long bytes = 0;
        foreach (var target in batch.Targets)
        {
            if (target != Batch.Ignored) bytes += _text.Tokenizer.BytesOf((int)target).Length;
        }

        return bytes;
    }

    /// <summary>Writes the model of this moment in 8 bits, as the codec loads it.</summary>
    public void Export(string folder) => ModelExporter.Export(folder, Model, _text.Tokenizer, Card(), new LossLog());

    public void Dispose()
    {
        _trainer.Dispose();
        Model.Dispose();
    }

    private ModelCard Card() => new()
    {
        Name = _recipe.Name,
        Config = Model.Config,
        Recipe = _recipe,
        Data = [],
        DataBytes = _text.Corpus.ByteCount,
        DataTokens = _text.Corpus.TextTokens,
        InitialModel = null,
        State = new RunState { Step = State.Step, TotalSteps = Steps },
        Seed = Seed,
        Loss = _lastLoss,
        BitsPerByte = _lastLoss * Trainer.BitsPerNat * _text.Corpus.TextTokens / _text.Corpus.ByteCount,
        HeldOut = [],
    };
}

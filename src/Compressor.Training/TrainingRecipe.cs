namespace Compressor.Training;

/// <summary>A model's shape together with how it is trained: everything but the data, the seed and the number of steps.</summary>
internal sealed record TrainingRecipe
{
    public required string Name { get; init; }

    /// <summary>The shape; a tokenizer learned from little text may come out with fewer tokens.</summary>
    public required ModelConfig Config { get; init; }

    /// <summary>Longest token in bytes.</summary>
    public int MaxTokenLength { get; init; } = 32;

    /// <summary>Tokens in a sequence, T.</summary>
    public required int SequenceLength { get; init; }

    /// <summary>Sequences in a step.</summary>
    public required int Sequences { get; init; }

    /// <summary>Peak learning rate of every parameter.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Steps over which the rate rises from 0 to its peak; a fifth of a run of fewer than five times as many.</summary>
    public int WarmupSteps { get; init; } = 100;

    /// <summary>The part of a run in which the rate falls.</summary>
    public double DecayPart { get; init; } = 2.0 / 3;

    /// <summary>The rate at the last step, as a part of the peak.</summary>
    public double FinalRate { get; init; } = 0.01;

    /// <summary>AdamW's β₁.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>AdamW's β₂, and the decay of the mean squares of the n-gram tables.</summary>
    public double Beta2 { get; init; } = 0.97;

    /// <summary>Decoupled weight decay of the multiplied matrices; look-up tables have none.</summary>
    public double WeightDecay { get; init; } = 0.1;

    /// <summary>Momentum of the matrices of the layers, which Muon trains.</summary>
    public double Momentum { get; init; } = 0.95;

    /// <summary>The gradient's norm is clipped to this.</summary>
    public double GradientClip { get; init; } = 1.0;

    /// <summary>Tokens in a step.</summary>
    public int TokensPerStep => SequenceLength * Sequences;

    /// <summary>The recipes that ship, by name.</summary>
    public static IReadOnlyDictionary<string, TrainingRecipe> Presets { get; } = new[]
    {
        new TrainingRecipe
        {
            Name = "en-fast",
            Config = new ModelConfig
            {
                VocabularySize = 4096,
                HiddenSize = 128,
                Layers = 4,
                Heads = 4,
                // One key/value head: decoding reads a quarter of the cache, and what it saves widens the layers.
                KeyValueHeads = 1,
                HeadSize = 32,
                IntermediateSize = 640,
                Window = 256,
                NgramBuckets = 16384,
            },
            SequenceLength = 256,
            Sequences = 16,
            LearningRate = 4e-3,
        },
        // For writing with many characters and for several languages at once: 4096 tokens leave them little room for words.
        new TrainingRecipe
        {
            Name = "fast-8192",
            Config = new ModelConfig
            {
                VocabularySize = 8192,
                HiddenSize = 128,
                Layers = 4,
                Heads = 4,
                KeyValueHeads = 1,
                HeadSize = 32,
                IntermediateSize = 640,
                Window = 256,
                NgramBuckets = 16384,
            },
            SequenceLength = 256,
            Sequences = 16,
            LearningRate = 4e-3,
        },
        new TrainingRecipe
        {
            Name = "en-base",
            Config = new ModelConfig
            {
                VocabularySize = 4096,
                HiddenSize = 256,
                Layers = 6,
                Heads = 8,
                KeyValueHeads = 1,
                HeadSize = 32,
                IntermediateSize = 1024,
                Window = 256,
                NgramBuckets = 32768,
            },
            SequenceLength = 256,
            Sequences = 16,
            LearningRate = 3e-3,
        },
    }.ToDictionary(r => r.Name, StringComparer.Ordinal);

    /// <summary>
    /// The recipe that goes on training a finished model on other text: its own shape and window, and a rate that moves it
    /// without undoing what it knows.
    /// </summary>
    public static TrainingRecipe FineTuning(ModelConfig config) => new()
    {
        Name = "fine-tuning",
        Config = config,
        SequenceLength = config.Window,
        Sequences = Math.Max(1, 4096 / config.Window),
        LearningRate = 1e-3,
    };

    /// <summary>This recipe for a model that starts from a smaller trained one.</summary>
    public TrainingRecipe Growing() => this with { Name = Name + ", grown", LearningRate = LearningRate / 2 };

    /// <summary>
    /// The first step of the decay in a run of <paramref name="totalSteps"/>. What comes before does not depend on the length of
    /// the run, so a run can be made longer from there.
    /// </summary>
    public long DecayStart(long totalSteps) => totalSteps - (long)(totalSteps * DecayPart);

    /// <summary>The length of a run whose decay starts at <paramref name="step"/>.</summary>
    public long TotalForDecayAt(long step) => (long)(step / (1 - DecayPart));

    /// <summary>The learning rate of step <paramref name="step"/> (from 0): linear up, constant, then linear down.</summary>
    /// <param name="step">The step.</param>
    /// <param name="totalSteps">Steps in all; null (in a timed run before its decay) stands for many.</param>
    public double LearningRateAt(long step, long? totalSteps)
    {
        var warmup = totalSteps is { } total ? Math.Min(WarmupSteps, total / 5) : WarmupSteps;
        if (step < warmup)
            return LearningRate * (step + 1) / warmup;
        if (totalSteps is not { } steps || step < DecayStart(steps))
            return LearningRate;
        var left = (double)(steps - 1 - step) / (steps - DecayStart(steps));
        return LearningRate * (FinalRate + (1 - FinalRate) * left);
    }
}

namespace Compressor.Training;

/// <summary>What to train on, where to put the model, and for how long.</summary>
public sealed record TrainingOptions
{
    /// <summary>The <see cref="CheckpointInterval"/> unless another is given.</summary>
    public static readonly TimeSpan DefaultCheckpointInterval = TimeSpan.FromMinutes(5);

    /// <summary>Folders whose text files (sub-folders included) are trained on, and how much each counts.</summary>
    public required IReadOnlyList<DataFolder> DataFolders { get; init; }

    /// <summary>
    /// The model's folder. It gets <c>config.json</c>, <c>tokenizer.json</c>, <c>model.safetensors</c> and
    /// <c>README.md</c>, and in <c>checkpoint/</c> what a resumed run needs.
    /// </summary>
    public required string OutputFolder { get; init; }

    /// <summary>The model's shape and training recipe, one of <see cref="TrainingSession.Presets"/>.</summary>
    public string Preset { get; init; } = "en-fast";

    /// <summary>
    /// A model folder whose weights and tokenizer the run starts from instead of random ones. The model keeps its shape
    /// (fine-tuning), or with <see cref="Grow"/> takes the preset's.
    /// </summary>
    public string? InitialModel { get; init; }

    /// <summary>Whether the initial model grows to the larger shape of the preset, at first without changing what it computes.</summary>
    public bool Grow { get; init; }

    /// <summary>
    /// Optimiser steps to take in all; or give <see cref="Duration"/>. A resumed run keeps the length it has if neither is
    /// given, and takes the new one if its learning rate has not begun to fall.
    /// </summary>
    public long? Steps { get; init; }

    /// <summary>
    /// Wall-clock length to aim at, over all parts of the run; or give <see cref="Steps"/>. When a third of it is
    /// over, the steps taken so far decide how many follow.
    /// </summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>Where to train.</summary>
    public TorchDevice Device { get; init; }

    /// <summary>
    /// Threads to use. They share a step, and what they find is added up in another order for another number of them: the weights
    /// come out a little different.
    /// </summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Decides first weights and the order of the data.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>
    /// Folders of text that the model is measured on at every checkpoint, each by itself and all together. What they hold is not
    /// trained on, even where a data folder holds it too.
    /// </summary>
    public IReadOnlyList<string> ValidationFolders { get; init; } = [];

    /// <summary>Files whose path below the data folder contains one of these, whatever the case of letters, are not trained on.</summary>
    public IReadOnlyList<string> Excluded { get; init; } = [];

    /// <summary>Go on from the checkpoint in <see cref="OutputFolder"/> instead of starting anew.</summary>
    public bool Resume { get; init; }

    /// <summary>
    /// Make the run of <see cref="OutputFolder"/> longer: go on from the checkpoint that was written before its learning rate
    /// began to fall, towards the new length given.
    /// </summary>
    public bool Extend { get; init; }

    /// <summary>Whether a new run may replace a model and a checkpoint that are in the output folder.</summary>
    public bool Overwrite { get; init; }

    /// <summary>Time between checkpoints.</summary>
    public TimeSpan CheckpointInterval { get; init; } = DefaultCheckpointInterval;
}

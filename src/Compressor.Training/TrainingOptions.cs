namespace Compressor.Training;

/// <summary>What to train on, where to put the model, and for how long.</summary>
public sealed record TrainingOptions
{
    /// <summary>Folders whose text files (sub-folders included) are trained on.</summary>
    public required IReadOnlyList<string> DataFolders { get; init; }

    /// <summary>
    /// The model's folder. It gets <c>config.json</c>, <c>tokenizer.json</c>, <c>model.safetensors</c> and
    /// <c>README.md</c>, and in <c>checkpoint/</c> what a resumed run needs.
    /// </summary>
    public required string OutputFolder { get; init; }

    /// <summary>The model's shape and training recipe, one of <see cref="TrainingSession.Presets"/>.</summary>
    public string Preset { get; init; } = "en-fast";

    /// <summary>Optimiser steps to take in all; or give <see cref="Duration"/>.</summary>
    public long? Steps { get; init; }

    /// <summary>
    /// Wall-clock length to aim at; or give <see cref="Steps"/>. The speed of the first steps decides, once, how many
    /// steps that is; a resumed run keeps that number.
    /// </summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>Threads to use. The result does not depend on it.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Decides first weights and the order of the data.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>A folder of text that is never trained on; the model is measured on it at every checkpoint.</summary>
    public string? ValidationFolder { get; init; }

    /// <summary>Go on from the checkpoint in <see cref="OutputFolder"/> instead of starting anew.</summary>
    public bool Resume { get; init; }

    /// <summary>Whether a new run may replace a model and a checkpoint that are in the output folder.</summary>
    public bool Overwrite { get; init; }

    /// <summary>Time between checkpoints.</summary>
    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromMinutes(5);
}

namespace Compressor.Training;

/// <summary>What a training run is doing.</summary>
public enum TrainingStage
{
    /// <summary>Reading the data, learning the tokenizer, tokenizing.</summary>
    Preparing,

    /// <summary>Taking optimiser steps.</summary>
    Training,

    /// <summary>A checkpoint and the model were written.</summary>
    Saved,
}

/// <summary>The state of a training run, reported now and then.</summary>
/// <param name="Stage">What the run is doing.</param>
public sealed record TrainingProgress(TrainingStage Stage)
{
    /// <summary>A line for people, or null.</summary>
    public string? Note { get; init; }

    /// <summary>Optimiser steps taken.</summary>
    public long Step { get; init; }

    /// <summary>Optimiser steps to take in all; null while that is still being measured.</summary>
    public long? TotalSteps { get; init; }

    /// <summary>Mean loss since the last report, nats per token.</summary>
    public double Loss { get; init; }

    /// <summary>The same in bits per byte of training text.</summary>
    public double BitsPerByte { get; init; }

    /// <summary>Bits per byte on the validation folder, where it was just measured.</summary>
    public double? ValidationBitsPerByte { get; init; }

    /// <summary>Speed since the last report.</summary>
    public double TokensPerSecond { get; init; }

    /// <summary>Estimated time to the end; null while unknown.</summary>
    public TimeSpan? Remaining { get; init; }
}

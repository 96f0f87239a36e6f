namespace Compressor.Training.Data;

/// <summary>
/// Sequences for one step, row-major [Sequences, Length]: each row of <see cref="Inputs"/> starts with the
/// beginning-of-sequence token and <see cref="Targets"/> holds the token that follows each input.
/// </summary>
internal sealed class Batch(int sequences, int length)
{
    public int Sequences { get; } = sequences;

    public int Length { get; } = length;

    public long[] Inputs { get; } = new long[sequences * length];

    /// <summary>Next tokens; <see cref="Ignored"/> where there is none to learn.</summary>
    public long[] Targets { get; } = new long[sequences * length];

    /// <summary>The target that the loss skips (the default <c>ignore_index</c> of <c>cross_entropy</c>).</summary>
    public const long Ignored = -100;

    /// <summary>Targets that count.</summary>
    public int TargetCount => Targets.Length - Targets.AsSpan().Count(Ignored);
}

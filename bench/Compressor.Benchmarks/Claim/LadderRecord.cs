using System.Globalization;
using Compressor.Training;

namespace Compressor.Benchmarks.Claim;

/// <summary>All that is kept of a rung: what was trained, how it went, what came of it.</summary>
internal sealed record LadderRecord
{
    /// <summary>Recipe and texts: a record of others is not taken for this one.</summary>
    public required string Identity { get; init; }

    public required string Name { get; init; }

    /// <summary>Parameters that are multiplied for a token.</summary>
    public required long Multiplied { get; init; }

    /// <summary>All parameters, with the look-up table of the tokens.</summary>
    public required long Parameters { get; init; }

    public required IReadOnlyList<PassState> Course { get; init; }

    public required IReadOnlyList<PassPoint> Points { get; init; }

    public required double ExportedBits { get; init; }

    public required double Seconds { get; init; }

    public required CodedFile File { get; init; }

    /// <summary>The measurement at the end of the pass.</summary>
    public PassPoint Last => Points[^1];

    public static string IdentityOf(TrainingRecipe recipe, ClaimText text, ClaimText heldOut) =>
        string.Create(CultureInfo.InvariantCulture, $"{recipe}, text {text.Fingerprint}, held-out {heldOut.Fingerprint}");
}

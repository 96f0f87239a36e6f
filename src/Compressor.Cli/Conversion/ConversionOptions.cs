using Compressor.Cli.Files;

namespace Compressor.Cli.Conversion;

/// <summary>Where converted data goes.</summary>
internal enum Destination
{
    /// <summary>To a file beside the source, named after it; from standard input to standard output.</summary>
    Beside,

    /// <summary>To the file that <see cref="ConversionOptions.Output"/> names.</summary>
    Named,

    /// <summary>To standard output.</summary>
    StandardOutput,

    /// <summary>Nowhere: it is only checked that it can be made.</summary>
    Nowhere,
}

/// <summary>How files are converted.</summary>
internal sealed record ConversionOptions(Destination Destination)
{
    /// <summary>The target, for <see cref="Destination.Named"/>.</summary>
    public string? Output { get; init; }

    /// <summary>The folder of the targets, for <see cref="Destination.Beside"/>; null for that of each source.</summary>
    public string? OutputFolder { get; init; }

    /// <summary>Overwrite, follow links, and use terminals for data.</summary>
    public bool Force { get; init; }

    /// <summary>Leave out files whose target is there and stands for them.</summary>
    public bool SkipExisting { get; init; }

    /// <summary>Delete the source when its target is complete, on the disk, and proved to be the same.</summary>
    public bool RemoveSource { get; init; }

    /// <summary>Neither progress nor summaries.</summary>
    public bool Quiet { get; init; }

    /// <summary>Summaries even where nobody watches.</summary>
    public bool Verbose { get; init; }

    /// <summary>Make of damaged data what can be made, and report the rest.</summary>
    public bool Recover { get; init; }

    /// <summary>What no target may be, and what is not deleted: dictionaries and models.</summary>
    public IReadOnlyList<ProtectedFile> ProtectedFiles { get; init; } = [];
}

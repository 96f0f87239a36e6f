using Compressor.Cli.Models;
using Compressor.Cli.Terminal;

namespace Compressor.Cli;

/// <summary>What commands work with; all that they know of the process.</summary>
internal sealed class ToolContext(StandardStreams streams, ModelCatalog models, Interruption interruption)
{
    public StandardStreams Streams { get; } = streams;

    public ModelCatalog Models { get; } = models;

    public Interruption Interruption { get; } = interruption;

    public ErrorReport Errors { get; } = new(streams.Error);

    public TimeProvider Time { get; init; } = TimeProvider.System;
}

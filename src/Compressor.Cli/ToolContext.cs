using Compressor.Cli.Models;
using Compressor.Cli.Terminal;
using Compressor.Cli.Torch;

namespace Compressor.Cli;

/// <summary>What commands work with; all that they know of the process.</summary>
internal sealed class ToolContext(StandardStreams streams, ModelCatalog models, Interruption interruption)
{
    public StandardStreams Streams { get; } = streams;

    public ModelCatalog Models { get; } = models;

    public Interruption Interruption { get; } = interruption;

    public ErrorReport Errors { get; } = new(streams.Error);

    /// <summary>What takes libtorch; null in the tool, which starts the program that has it.</summary>
    public ITorch? Torch { get; init; }

    /// <summary>What the program was started as: <c>unlmz</c> and <c>lmzcat</c> are commands.</summary>
    public string ProgramName { get; init; } = Tool.Name;

    /// <summary>Options of every day; see <see cref="Commands.FamiliarForms.OptionsVariable"/>.</summary>
    public string? Options { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;
}

using System.CommandLine;

namespace Compressor.Cli.Commands;

/// <summary>A command whose help ends in examples.</summary>
internal abstract class ToolCommand(string name, string description) : Command(name, description)
{
    /// <summary>Command lines, one a line.</summary>
    public abstract string Examples { get; }
}

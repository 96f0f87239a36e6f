using System.CommandLine;
using Compressor.Cli.Terminal;

namespace Compressor.Cli.Commands;

/// <summary><c>compressor manual</c>.</summary>
internal sealed class ManualCommand : ToolCommand
{
    /// <param name="context">Where the page goes.</param>
    /// <param name="main">The command that is described.</param>
    public ManualCommand(ToolContext context, Command main)
        : base("manual", "Writes the manual page, for man.") =>
        SetAction(_ => context.Streams.WriteReport(new ManualPage(main).ToString()));

    public override string Examples => """
        compressor manual | man -l -
        compressor manual > ~/.local/share/man/man1/compressor.1
        """;
}

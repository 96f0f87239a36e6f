using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Compressor.Cli.Commands;

/// <summary>Shows what a command does, its options, and how it is used.</summary>
internal sealed class HelpWithExamples : SynchronousCommandLineAction
{
    private const int Width = 100;

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        new HelpAction { MaxWidth = Width }.Invoke(parseResult);
        if (parseResult.CommandResult.Command is ToolCommand command)
        {
            var output = parseResult.InvocationConfiguration.Output;
            output.WriteLine("Examples:");
            foreach (var line in command.Examples.Split('\n'))
                output.WriteLine($"  {line}");
        }

        return 0;
    }
}

using Compressor.Cli;
using Compressor.Cli.Commands;
using Compressor.Cli.Models;
using Compressor.Cli.Terminal;

using var interruption = Interruption.OfProcess();
using var streams = StandardStreams.OfProcess();
return Tool.Run(args, new ToolContext(streams, ModelCatalog.OfProcess(), interruption)
{
    ProgramName = Environment.GetCommandLineArgs()[0],
    Options = Environment.GetEnvironmentVariable(FamiliarForms.OptionsVariable),
});

using System.CommandLine;
using System.CommandLine.Help;

namespace Compressor.Cli.Commands;

/// <summary>
/// The command that all others are part of. Not a RootCommand: that one takes its name from the executable and the
/// first word for a directive when it looks like [this].
/// </summary>
internal sealed class MainCommand : ToolCommand
{
    public MainCommand(ToolContext context)
        : base(Tool.Name, "Compresses files with a language model that predicts what comes next, and gives the same bytes back.")
    {
        Add(new CompressCommand(context));
        Add(new DecompressCommand(context));
        Add(new TestCommand(context));
        Add(new JoinCommand(context));
        Add(new PlanCommand(context));
        Add(new RunCommand(context));
        Add(new StatusCommand(context));
        Add(new CatCommand(context));
        Add(new ListCommand(context));
        Add(new InfoCommand(context));
        Add(new BenchmarkCommand(context));
        Add(new ReportCommand(context));
        Add(new RecordsCommand(context));
        Add(new DictionaryCommand(context));
        Add(new ModelsCommand(context));
        Add(new TrainCommand(context));
        Add(new CompletionCommand(context, this));
        Add(new ManualCommand(context, this));
        Add(new HelpOption("--help", "-h") { Description = "Show how a command is used.", Action = new HelpWithExamples() });
        Add(new VersionOption("--version", "-V") { Description = "Show the version.", Action = new VersionAction() });

        // Nothing was asked for, on a terminal.
        SetAction(result =>
        {
            result.InvocationConfiguration.Output = context.Streams.Error;
            new HelpWithExamples().Invoke(result);
            return Tool.Failure;
        });
    }

    public override string Examples => """
        compressor compress book.txt            makes book.txt.lmz
        compressor decompress book.txt.lmz      makes book.txt
        compressor compress --help              says more about a command
        compressor -9 book.txt; compressor -d book.txt.lmz      as gzip, xz and zstd are used; -t tests, -l lists, -c writes to standard output
        tar -I compressor -cf backup.tar.lmz folder             and tar -I compressor -xf backup.tar.lmz
        """;
}

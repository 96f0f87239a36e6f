using System.CommandLine;
using System.Text;
using Compressor.Cli.Conversion;
using Compressor.Cli.Files;
using Compressor.Cli.Manifests;

namespace Compressor.Cli.Commands;

/// <summary><c>compressor plan</c>.</summary>
internal sealed class PlanCommand : ToolCommand
{
    private readonly FileSelection _files;
    private readonly Option<int> _parts = CommonOptions.Number("--parts", null, "N", "How many processes will share the work.", 1, LmzPart.MaxCount, 1);
    private readonly Option<string?> _output = CommonOptions.OneValue("--output", "-o", "FILE", "Write the plan to FILE; otherwise to standard output.");
    private readonly Option<string?> _outputFolder = CommonOptions.OutputFolder();
    private readonly Option<bool> _force = CommonOptions.Flag("--force", "-f", "Overwrite FILE.");

    public PlanCommand(ToolContext context)
        : base("plan", "Plans compressing many files by several processes: 'run' does a share, 'status' says what is done, 'join' ends it.")
    {
        _files = new FileSelection(this, "The files to compress.", compresses: true);
        _parts.Required = true;
        _parts.DefaultValueFactory = null;
        foreach (var option in (ReadOnlySpan<Option>)[_parts, _output, _outputFolder, _force])
            Add(option);
        var compression = new CompressionArguments(this);
        SetAction(result => Plan(context, result, compression));
    }

    public override string Examples => """
        find corpus -type f | compressor plan --parts 16 --files-from - -o plan.jsonl
        compressor run --manifest plan.jsonl --part 3/16          one of sixteen; each may be repeated at any time
        compressor status --manifest plan.jsonl && compressor join --manifest plan.jsonl
        """;

    private int Plan(ToolContext context, ParseResult result, CompressionArguments compression)
    {
        var (options, models, _) = compression.Read(context, result);
        var files = _files.Of(result, context);
        if (files.Any(file => file.Path == FileConverter.StandardInput))
            throw new IOException("there is nothing to plan: name files, or give --files-from");
        var sources = new List<PlannedSource>();
        var targets = new ConversionOptions(Destination.Beside) { OutputFolder = result.GetValue(_outputFolder) };
        foreach (var file in ConversionPlan.Of(files, new Compression(options, models), targets, context.Streams))
        {
            if (file.Refusal is null && File.Exists(file.Source))
                sources.Add(new PlannedSource(file.Source, file.Target!, new FileInfo(file.Source).Length, File.GetLastWriteTimeUtc(file.Source)));
            else
                context.Errors.Add(file.Source, file.Refusal ?? "no such file");
        }

        if (context.Errors.Any)
            return Tool.Failure; // a plan of less than was asked for would look like one of all
        var shares = result.GetRequiredValue(_parts);
        Write(context, result, new Manifest(shares, compression.WordsOf(result), Planner.Plan(sources, shares, options.BlockLength)).ToText());
        return 0;
    }

    private void Write(ToolContext context, ParseResult result, string text)
    {
        if (result.GetValue(_output) is not { } path)
        {
            context.Streams.WriteReport(text);
            return;
        }

        using var output = new OutputFile(path, result.GetValue(_force), null, isDurable: false, context.Interruption);
        output.Stream.Write(Encoding.UTF8.GetBytes(text));
        output.Commit();
    }
}

using System.CommandLine;
using System.Globalization;
using Compressor.Cli.Conversion;
using Compressor.Cli.Manifests;
using Compressor.Cli.Parts;
using Compressor.Cli.Terminal;

namespace Compressor.Cli.Commands;

/// <summary><c>compressor run</c>.</summary>
internal sealed class RunCommand : ToolCommand
{
    private readonly Option<string> _manifest = new("--manifest") { HelpName = "FILE", Description = "The plan.", Required = true };
    private readonly PartOption _part = new("Which share of the plan; N is that of 'plan --parts N'.") { Required = true };
    private readonly Option<int> _threads = CommonOptions.Threads();
    private readonly Option<bool> _force = CommonOptions.Flag("--force", "-f", "Overwrite targets that are there and are not what they should be.");
    private readonly Option<bool> _quiet = CommonOptions.Quiet();
    private readonly Option<bool> _verbose = CommonOptions.Verbose();

    public RunCommand(ToolContext context)
        : base("run", "Does a share of a plan. What is done already is looked at and left out; what fails is listed at the end, and the rest is done.")
    {
        foreach (var option in (ReadOnlySpan<Option>)[_manifest, _part, _threads, _force, _quiet, _verbose])
            Add(option);
        SetAction(result => Run(context, result));
    }

    public override string Examples => """
        compressor run --manifest plan.jsonl --part 3/16
        """;

    private int Run(ToolContext context, ParseResult result)
    {
        var (manifest, part) = (Manifest.Load(result.GetRequiredValue(_manifest)), result.GetRequiredValue(_part)!.Value);
        if (part.Count != manifest.Shares)
            throw new InvalidDataException($"the plan is for {manifest.Shares} shares, not {part.Count}");
        var how = new ConversionOptions(Destination.Named)
        {
            Force = result.GetValue(_force),
            Quiet = result.GetValue(_quiet),
            Verbose = result.GetValue(_verbose),
        };
        List<ManifestItem> items = [.. manifest.Items.Where(item => item.Share == part.Number)];
        var threads = result.GetValue(_threads).ToString(CultureInfo.InvariantCulture);
        var failed = new ManifestRun(context, manifest, ["--threads", threads], how).Run(items);
        if (failed.Count == 0)
            return 0;
        context.Streams.Error.WriteLine($"{Tool.Name}: {failed.Count} of {items.Count} failed:");
        foreach (var item in failed)
            context.Streams.Error.WriteLine($"  {ErrorReport.OneLine(item.Name)}");
        return Tool.Failure;
    }
}

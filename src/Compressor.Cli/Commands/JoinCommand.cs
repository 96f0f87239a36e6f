using System.CommandLine;
using Compressor.Cli.Manifests;
using Compressor.Cli.Parts;
using Compressor.Cli.Terminal;

namespace Compressor.Cli.Commands;

/// <summary><c>compressor join</c>.</summary>
internal sealed class JoinCommand : ToolCommand
{
    private readonly Argument<string[]> _parts = new("PART") { Description = "All parts in order.", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<string?> _output = CommonOptions.OneValue("--output", "-o", "FILE", "Write to FILE.");
    private readonly Option<string?> _source = CommonOptions.OneValue("--source", null, "FILE", "The file that was compressed: compare what each part was made of with it.");
    private readonly Option<bool> _endOnly = CommonOptions.Flag(
        "--end", null, "Write only what comes after the last part. The parts and then this, one after the other, are the file; only their descriptions are read.");

    private readonly Option<string?> _manifest = CommonOptions.OneValue("--manifest", null, "FILE", "Join every file that this plan has cut into parts.");
    private readonly Option<bool> _force = CommonOptions.Flag("--force", "-f", "Overwrite files.");

    public JoinCommand(ToolContext context)
        : base("join", "Makes one file of the parts that 'compress --part' has made: the same bytes as of one run.")
    {
        Add(_parts);
        foreach (var option in (ReadOnlySpan<Option>)[_output, _source, _endOnly, _manifest, _force])
            Add(option);
        Validators.Add(result =>
        {
            var hasParts = result.GetValue(_parts) is { Length: > 0 };
            if (result.GetResult(_manifest) is not null == hasParts)
                result.AddError("name the parts, or give --manifest");
            else if (result.GetResult(_output) is not null != hasParts)
                result.AddError(hasParts ? "give the target with -o" : "--manifest says itself what the targets are: leave out -o");
            else if (result.GetValue(_endOnly) && (!hasParts || result.GetResult(_source) is not null))
                result.AddError("--end takes the parts and -o alone");
            else if (!hasParts && result.GetResult(_source) is not null)
                result.AddError("--source is for the parts of one file");
        });
        SetAction(result => Run(context, result));
    }

    public override string Examples => """
        compressor join -o book.txt.lmz book.txt.lmz.*-of-16
        compressor join -o book.txt.lmz --source book.txt book.txt.lmz.*-of-16    also proves that the source has not changed
        compressor join --end -o end book.txt.lmz.*-of-16 && cat book.txt.lmz.*-of-16 end > book.txt.lmz
        """;

    private int Run(ToolContext context, ParseResult result)
    {
        var join = new PartJoin(context, result.GetValue(_force));
        var parts = result.GetValue(_parts) ?? [];
        if (result.GetValue(_manifest) is { } manifest)
            JoinAll(context, join, Manifest.Load(manifest));
        else if (result.GetValue(_endOnly))
            join.WriteEnd(parts, result.GetValue(_output)!);
        else
            join.Run(parts, result.GetValue(_output)!, result.GetValue(_source));
        return context.Errors.Any ? Tool.Failure : 0;
    }

    private static void JoinAll(ToolContext context, PartJoin join, Manifest manifest)
    {
        foreach (var file in manifest.Items.Where(item => item.IsPart).GroupBy(item => item.Target))
        {
            var parts = file.OrderBy(item => item.Part.Number).Select(item => item.Output);
            try
            {
                if (!file.First().IsJoined())
                    join.Run([.. parts], file.Key, source: null);
            }
            catch (Exception e) when (ErrorReport.IsExpected(e))
            {
                context.Errors.Add(file.Key, e);
            }
        }
    }
}

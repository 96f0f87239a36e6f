using System.CommandLine;
using Compressor.Cli.Files;

namespace Compressor.Cli.Commands;

/// <summary><c>compressor info</c>.</summary>
internal sealed class InfoCommand : ToolCommand
{
    private readonly FileSelection _files;
    private readonly Option<bool> _verbose = CommonOptions.Flag("--verbose", "-v", "List every block.");
    private readonly Option<bool> _json = CommonOptions.Flag("--json", null, "Write an array of objects, one a file.");

    public InfoCommand(ToolContext context)
        : base("info", "Says what is in each FILE, without decompressing it: model, blocks, sizes, bits per byte.")
    {
        _files = new FileSelection(this, "The files; none or - is standard input.");
        Add(_verbose);
        Add(_json);
        SetAction(result => Show(context, _files.Of(result, context), result.GetValue(_json), result.GetValue(_verbose)));
    }

    public override string Examples => """
        compressor info book.txt.lmz
        compressor info -v book.txt.lmz                       every block: where it is, what it holds
        compressor info --json *.lmz | jq '.[].bitsPerByte'
        """;

    private static int Show(ToolContext context, IReadOnlyList<InputFile> files, bool asJson, bool listBlocks)
    {
        var summaries = FileSummary.ReadAll(context, files);
        context.Streams.WriteReport(asJson ? FileSummary.ToJson(summaries) : string.Concat(summaries.Select(s => s.ToText(context.Models, listBlocks))));
        return context.Errors.Any ? Tool.Failure : 0;
    }
}

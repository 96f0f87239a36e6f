using System.CommandLine;
using Compressor.Cli.Conversion;
using Compressor.Cli.Files;
using Compressor.Cli.Terminal;

namespace Compressor.Cli.Commands;

/// <summary><c>compressor info</c>.</summary>
internal sealed class InfoCommand : ToolCommand
{
    private readonly Argument<string[]> _files = CommonOptions.Files("The files; none or - is standard input.");
    private readonly Option<bool> _verbose = CommonOptions.Flag("--verbose", "-v", "List every block.");
    private readonly Option<bool> _json = CommonOptions.Flag("--json", null, "Write an array of objects, one a file.");

    public InfoCommand(ToolContext context)
        : base("info", "Says what is in each FILE, without decompressing it: model, blocks, sizes, bits per byte.")
    {
        Add(_files);
        Add(_verbose);
        Add(_json);
        SetAction(result => Show(context, result.GetValue(_files) ?? [], result.GetValue(_json), result.GetValue(_verbose)));
    }

    public override string Examples => """
        compressor info book.txt.lmz
        compressor info -v book.txt.lmz                       every block: where it is, what it holds
        compressor info --json *.lmz | jq '.[].bitsPerByte'
        """;

    private static int Show(ToolContext context, string[] files, bool asJson, bool listBlocks)
    {
        var summaries = new List<FileSummary>();
        foreach (var file in files is [] ? [FileConverter.StandardInput] : files)
        {
            try
            {
                summaries.Add(Read(context, file));
            }
            catch (Exception e) when (ErrorReport.IsExpected(e))
            {
                context.Errors.Add(file == FileConverter.StandardInput ? "stdin" : file, e);
            }
        }

        context.Streams.WriteReport(asJson ? FileSummary.ToJson(summaries) : string.Concat(summaries.Select(s => s.ToText(context.Models, listBlocks))));
        return context.Errors.Any ? Tool.Failure : 0;
    }

    private static FileSummary Read(ToolContext context, string file)
    {
        if (file != FileConverter.StandardInput)
        {
            using var source = SourceFile.Open(file);
            return new FileSummary(file, Lmz.ReadInfo(source));
        }

        if (context.Streams.InputIsTerminal)
            throw new IOException("standard input is a terminal: name a file");
        using var input = context.Streams.OpenInput();
        return new FileSummary("stdin", Lmz.ReadInfo(input));
    }
}

using System.CommandLine;
using System.Globalization;
using Compressor.Cli.Files;
using Compressor.Cli.Terminal;

namespace Compressor.Cli.Commands;

/// <summary><c>compressor list</c>.</summary>
internal sealed class ListCommand : ToolCommand
{
    private static readonly string[] Headings = ["COMPRESSED", "CONTENT", "RATIO", "BLOCKS", "MODEL", "FILE"];

    private readonly FileSelection _files;
    private readonly Option<bool> _json = CommonOptions.Flag("--json", null, "Write an array of objects, one a file, as info does.");

    public ListCommand(ToolContext context)
        : base("list", "Lists sizes, ratio and models of each FILE in a table, with totals, without decompressing it.")
    {
        _files = new FileSelection(this, "The files; none or - is standard input.");
        Add(_json);
        SetAction(result => List(context, _files.Of(result, context), result.GetValue(_json)));
    }

    public override string Examples => """
        compressor list *.lmz
        compressor list -r backup         all .lmz files in a folder and below
        compressor -l *.lmz               the same as list, as gzip, xz and zstd write it
        """;

    private static int List(ToolContext context, IReadOnlyList<InputFile> files, bool asJson)
    {
        var summaries = FileSummary.ReadAll(context, files);
        if (asJson)
            context.Streams.WriteReport(FileSummary.ToJson(summaries));
        else if (summaries.Count > 0)
            context.Streams.WriteReport(TextTable.Of(Rows(summaries, context), rightAligned: [0, 1, 2, 3]));
        return context.Errors.Any ? Tool.Failure : 0;
    }

    private static List<string[]> Rows(List<FileSummary> summaries, ToolContext context)
    {
        var rows = new List<string[]> { Headings };
        foreach (var file in summaries)
            rows.Add(Row(file.CompressedLength, file.ContentLength, file.BlockCount, string.Join(", ", file.ModelNames(context.Models)), ErrorReport.OneLine(file.Name)));
        if (summaries.Count > 1)
        {
            rows.Add(Row(
                summaries.Sum(file => file.CompressedLength),
                summaries.Sum(file => file.ContentLength),
                summaries.Sum(file => file.BlockCount),
                "",
                $"{summaries.Count} files"));
        }

        return rows;
    }

    private static string[] Row(long compressed, long content, int blocks, string models, string file) =>
    [
        Text(compressed), Text(content), compressed == 0 ? "-" : ((double)content / compressed).ToString("F2", CultureInfo.InvariantCulture), Text(blocks),
        models is "" ? "-" : models, file,
    ];

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}

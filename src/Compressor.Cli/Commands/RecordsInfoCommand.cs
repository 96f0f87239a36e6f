using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Compressor.Cli.Files;

namespace Compressor.Cli.Commands;

/// <summary><c>compressor records info</c>.</summary>
internal sealed class RecordsInfoCommand : ToolCommand
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true };

    private readonly Argument<string> _file = new("FILE") { Description = "A container of records." };
    private readonly Option<bool> _json = CommonOptions.Flag("--json", null, "Write an object.");

    public RecordsInfoCommand(ToolContext context)
        : base("info", "Says what is in FILE, without decoding it.")
    {
        Add(_json);
        Add(_file);
        SetAction(result =>
        {
            using var source = SourceFile.OpenRegular(result.GetValue(_file)!);
            var info = LmzRecordReader.ReadInfo(source);
            context.Streams.WriteReport(result.GetValue(_json) ? JsonSerializer.Serialize(info, Json) + "\n" : TextOf(info));
            return 0;
        });
    }

    public override string Examples => """
        compressor records info events.lmr
        compressor records info --json events.lmr | jq .count
        """;

    private static string TextOf(LmzRecordsInfo info)
    {
        var lines = new List<string>
        {
            $"records: {info.Count - info.MissingRecords} in {info.Groups} groups, {(info.Together ? "each decoded with those of its group" : "each decoded alone")}",
            $"content: {info.ContentLength} bytes",
            string.Create(CultureInfo.InvariantCulture, $"container: {info.Length} bytes, {(double)info.Length / Math.Max(info.Count - info.MissingRecords, 1):F1} a record"),
            $"level: {info.Level}",
            $"dictionary: {info.DictionaryId ?? "none"}",
        };
        if (info.Keyed)
            lines.Add("records have keys");
        if (info.CheckRecords)
            lines.Add("records have checks");
        if (info.MissingRecords > 0)
            lines.Add($"missing: {info.MissingRecords} records");
        if (info.DamagedBytes > 0)
            lines.Add($"damaged: {info.DamagedBytes} bytes");
        if (info.UnfinishedBytes > 0)
            lines.Add($"unfinished: {info.UnfinishedBytes} bytes at the end");
        return string.Join('\n', lines) + '\n';
    }
}

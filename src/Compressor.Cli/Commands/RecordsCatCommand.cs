using System.CommandLine;
using Compressor.Cli.Files;

namespace Compressor.Cli.Commands;

/// <summary><c>compressor records cat</c>.</summary>
internal sealed class RecordsCatCommand : ToolCommand
{
    private readonly Argument<string> _file = new("FILE") { Description = "A container of records." };

    private readonly Option<string?> _records = CommonOptions.OneValue(
        "--records", "-r", "RANGE", "Only these records: FIRST-LAST (from 0, both included), FIRST-, or -COUNT for the last ones.");

    private readonly Option<string[]> _dictionary = CommonOptions.Dictionary();
    private readonly Option<int> _threads = CommonOptions.Threads();

    public RecordsCatCommand(ToolContext context)
        : base("cat", "Writes the records of FILE to standard output, each with a line end.")
    {
        foreach (var option in (ReadOnlySpan<Option>)[_records, _dictionary, _threads])
            Add(option);
        Add(_file);
        _records.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && ByteRange.TryParse(text) is null)
                result.AddError($"--records must be FIRST-LAST, FIRST- or -COUNT, not '{text}'");
        });
        SetAction(result =>
        {
            using var source = SourceFile.OpenRegular(result.GetValue(_file)!);
            using var reader = new LmzRecordReader(source, CommonOptions.ReadDictionary(result.GetValue(_dictionary) ?? []));
            var range = result.GetValue(_records) is { } text ? ByteRange.TryParse(text)! : ByteRange.All;
            var (first, count) = range.In(reader.Count);
            var output = context.Streams.Output;
            var written = 0L;
            foreach (var record in reader.ReadRange(first, count, result.GetValue(_threads)))
            {
                context.Interruption.Token.ThrowIfCancellationRequested();
                output.Write(record.Content);
                output.WriteByte((byte)'\n');
                written++;
            }

            output.Flush();
            if (written < Math.Min(count, reader.Count - first))
                throw new InvalidDataException($"{Math.Min(count, reader.Count - first) - written} records are missing: their groups are lost");
            return 0;
        });
    }

    public override string Examples => """
        compressor records cat events.lmr > events.ndjson
        compressor records cat --records 100-200 --dictionary events.dict events.lmr
        """;
}

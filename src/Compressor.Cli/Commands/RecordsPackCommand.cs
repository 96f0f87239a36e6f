using System.CommandLine;
using Compressor.Cli.Conversion;
using Compressor.Cli.Files;

namespace Compressor.Cli.Commands;

/// <summary><c>compressor records pack</c>.</summary>
internal sealed class RecordsPackCommand : ToolCommand
{
    private readonly Argument<string> _file = new("FILE") { Description = "A file of records, one a line; - is standard input." };
    private readonly Option<string?> _output = CommonOptions.Output();
    private readonly Option<string[]> _dictionary = CommonOptions.Dictionary();

    private readonly Option<int> _level = CommonOptions.Number(
        "--level", null, "N", "1 for speed to 3 for the smallest size.", LmzRecordOptions.MinLevel, LmzRecordOptions.MaxLevel, LmzRecordOptions.DefaultLevel);

    private readonly Option<bool> _together = CommonOptions.Flag("--together", null, "Let the records of a group learn from each other: smaller, but one is read by decoding those before.");

    private readonly Option<int> _groupSize = CommonOptions.Number(
        "--group", null, "N", "Records in a group.", 1, LmzRecordOptions.MaxGroupSize, LmzRecordOptions.DefaultGroupSize);

    private readonly Option<bool> _check = CommonOptions.Flag("--check", null, "Give each record a check of its own: four bytes more.");
    private readonly Option<int> _threads = CommonOptions.Threads();
    private readonly Option<bool> _force = CommonOptions.Flag("--force", "-f", "Overwrite FILE.lmr.");

    public RecordsPackCommand(ToolContext context)
        : base("pack", "Makes a container of the lines of FILE: FILE.lmr.")
    {
        foreach (var option in (ReadOnlySpan<Option>)[_output, _dictionary, _level, _together, _groupSize, _check, _threads, _force])
            Add(option);
        Add(_file);
        SetAction(result =>
        {
            var file = result.GetValue(_file)!;
            var dictionaries = result.GetValue(_dictionary) ?? [];
            var isInput = file == FileConverter.StandardInput;
            if (isInput && result.GetValue(_output) is null)
                throw new IOException("standard input has no name: say with -o where to write");
            var target = result.GetValue(_output) ?? file + RecordsCommand.Extension;
            var options = new LmzRecordOptions
            {
                Level = result.GetValue(_level),
                Dictionary = CommonOptions.ReadDictionary(dictionaries),
                Together = result.GetValue(_together),
                GroupSize = result.GetValue(_groupSize),
                CheckRecords = result.GetValue(_check),
                Threads = result.GetValue(_threads),
            };
            using var source = isInput ? context.Streams.OpenInput() : SourceFile.Open(file);
            if (target == FileConverter.StandardInput)
            {
                Pack(source, context.Streams.Output, options, context.Interruption.Token);
                return 0;
            }

            ProtectedFile.Refuse(target, [new ProtectedFile(file, "the file that is packed"), .. ProtectedFile.Dictionaries(dictionaries)]);
            using var output = new OutputFile(target, result.GetValue(_force), null, isDurable: false, context.Interruption);
            Pack(source, output.Stream, options, context.Interruption.Token);
            output.Commit();
            return 0;
        });
    }

    public override string Examples => """
        compressor records pack events.ndjson
        compressor records pack --dictionary events.dict --together events.ndjson
        zcat old.ndjson.gz | compressor records pack -o old.lmr -
        """;

    private static void Pack(Stream source, Stream target, LmzRecordOptions options, CancellationToken cancellation)
    {
        using var writer = new LmzRecordWriter(target, options, leaveOpen: true);
        foreach (var line in Lines.Of(source, LmzRecordOptions.MaxRecordLength))
        {
            cancellation.ThrowIfCancellationRequested();
            writer.Add(line.Span);
        }
    }
}

using System.CommandLine;
using Compressor.Cli.Files;

namespace Compressor.Cli.Commands;

/// <summary><c>compressor dictionary</c>.</summary>
internal sealed class DictionaryCommand : ToolCommand
{
    private readonly Option<string?> _train = CommonOptions.OneValue(
        "--train", null, "DIR", "Choose from the files of DIR and its folders: each line of those called *.ndjson, *.jsonl, *.log, *.csv or *.tsv is a sample, and each other file.");

    private readonly Option<string?> _output = CommonOptions.Output();

    private readonly Option<int> _size = CommonOptions.ByteCount(
        "--size", "The most bytes of the dictionary; or with K or M.", 1, LmzDictionary.MaxLength, LmzDictionary.DefaultTrainedLength);

    private readonly Option<bool> _force = CommonOptions.Flag("--force", "-f", "Overwrite the target.");

    public DictionaryCommand(ToolContext context)
        : base("dictionary", "Makes a dictionary for records like those that it is shown: the samples that have most in common with the others.")
    {
        foreach (var option in (ReadOnlySpan<Option>)[_train, _output, _size, _force])
            Add(option);
        _train.Required = true;
        SetAction(result =>
        {
            var folder = result.GetValue(_train)!;
            var target = result.GetValue(_output) ?? Path.TrimEndingDirectorySeparator(folder) + ".dict";
            if (!Directory.Exists(folder))
                throw new DirectoryNotFoundException($"--train {folder}: there is no such folder");
            using var output = new OutputFile(target, result.GetValue(_force), null, isDurable: false, context.Interruption);
            var samples = new List<ReadOnlyMemory<byte>>();
            foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            {
                context.Interruption.Token.ThrowIfCancellationRequested();
                samples.AddRange(SamplesOf(file));
            }

            var dictionary = Train(folder, samples, result.GetValue(_size));
            output.Stream.Write(dictionary.ToArray());
            output.Commit();
            return 0;
        });
    }

    public override string Examples => """
        compressor dictionary --train samples -o events.dict
        compressor records pack --dictionary events.dict events.ndjson
        """;

    private static LmzDictionary Train(string folder, List<ReadOnlyMemory<byte>> samples, int size)
    {
        try
        {
            return LmzDictionary.Train(samples, size);
        }
        catch (ArgumentException e)
        {
            throw new IOException($"--train {folder}: none of {samples.Count} samples fits into {size} bytes", e);
        }
    }

    private static IEnumerable<ReadOnlyMemory<byte>> SamplesOf(string file)
    {
        using var source = SourceFile.OpenRegular(file);
        if (Path.GetExtension(file) is ".ndjson" or ".jsonl" or ".log" or ".csv" or ".tsv")
            return [.. Lines.Of(source, LmzRecordOptions.MaxRecordLength)];
        if (source.Length > LmzDictionary.MaxLength)
            return [];   // fits into no dictionary
        var content = new byte[source.Length];
        source.ReadExactly(content);
        return [content];
    }
}

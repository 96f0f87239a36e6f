using System.CommandLine;
using Compressor.Cli.Files;

namespace Compressor.Cli.Commands;

/// <summary><c>compressor records recover</c>.</summary>
internal sealed class RecordsRecoverCommand : ToolCommand
{
    private readonly Argument<string> _file = new("FILE") { Description = "A damaged container of records." };

    private readonly Option<string?> _output = CommonOptions.Output();
    private readonly Option<bool> _force = CommonOptions.Flag("--force", "-f", "Overwrite the target.");

    public RecordsRecoverCommand(ToolContext context)
        : base("recover", "Copies every whole group of FILE: to FILE.recovered. The exit code is 1 if anything is lost. No dictionary is needed.")
    {
        Add(_output);
        Add(_force);
        Add(_file);
        SetAction(result =>
        {
            var file = result.GetValue(_file)!;
            var target = result.GetValue(_output) ?? file + ".recovered";
            using var source = SourceFile.OpenRegular(file);
            ProtectedFile.Refuse(target, [new ProtectedFile(file, "the damaged container")]);
            using var output = new OutputFile(target, result.GetValue(_force), null, isDurable: false, context.Interruption);
            var info = LmzRecordReader.Recover(source, output.Stream);
            output.Commit();
            if (info.DamagedBytes + info.UnfinishedBytes == 0)
                return 0;
            throw new InvalidDataException(
                $"{file}: {info.Count - info.MissingRecords} records are saved; {info.DamagedBytes + info.UnfinishedBytes} bytes belong to no whole group"
                + (info.MissingRecords > 0 ? $", and {info.MissingRecords} records are missing among those saved" : ""));
        });
    }

    public override string Examples => """
        compressor records recover damaged.lmr              makes damaged.lmr.recovered
        """;
}

using System.CommandLine;
using Compressor.Cli.Conversion;
using Compressor.Cli.Parts;

namespace Compressor.Cli.Commands;

/// <summary><c>compressor compress</c>.</summary>
internal sealed class CompressCommand : ToolCommand
{
    private readonly PartOption _part = new("Only part I of N of the blocks, to FILE.lmz.I-of-N: 'join' makes FILE.lmz of all parts.");

    private readonly Option<long?> _length = CommonOptions.OptionalByteCount(
        "--length", "With --part of standard input: the length of the whole content in bytes. Piped in are the bytes of the part, and before them those since the last multiple of 64 MiB: a block may repeat them.");

    public CompressCommand(ToolContext context)
        : base("compress", $"Compresses each FILE to FILE{Lmz.FileExtension}.")
    {
        var conversion = new ConversionArguments(this, "The files; none or - is standard input, to standard output.", compresses: true);
        var compression = new CompressionArguments(this);
        Add(_part);
        Add(_length);
        Validators.Add(result =>
        {
            if (result.GetResult(_part) is null && result.GetResult(_length) is not null)
                result.AddError("--length is for --part of standard input");
        });
        conversion.RequireFilesFor(this, _part);
        SetAction(result =>
        {
            var (options, models, needed) = compression.Read(context, result);
            var how = conversion.OptionsOf(result, needed);
            return result.GetValue(_part) is { } part
                ? new PartConverter(context, new PartCompression(context, options, how, result.GetValue(_length)), how).Run(conversion.FilesOf(result, context), part)
                : new FileConverter(context, new Compression(options, models), how).Run(conversion.FilesOf(result, context));
        });
    }

    public override string Examples => """
        compressor compress book.txt              makes book.txt.lmz
        compressor compress -o b.lmz book.txt     makes b.lmz
        compressor compress -3 *.dll              is fast and uses no model
        compressor compress --dictionary v1.json v2.json   makes v2.json.lmz, for those who have v1.json
        compressor compress --rm *.txt            deletes each file once it is compressed
        compressor compress --part 3/16 book.txt  makes book.txt.lmz.03-of-16, one of 16 parts to join
        cat book.txt | compressor compress > b.lmz
        """;
}

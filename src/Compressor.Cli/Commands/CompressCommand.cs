using System.CommandLine;
using Compressor.Cli.Conversion;
using Compressor.Cli.Models;

namespace Compressor.Cli.Commands;

/// <summary><c>compressor compress</c>.</summary>
internal sealed class CompressCommand : ToolCommand
{
    private readonly Option<int> _threads = CommonOptions.Threads();
    private readonly EngineOption _engine = new();

    private readonly Option<string?> _model = CommonOptions.OneValue(
        "--model", "-m", "MODEL", $"The model to use: a folder, or the name of an installed model. [default: {ModelCatalog.DefaultName}]");

    private readonly Option<int> _blockSize = CommonOptions.ByteCount(
        "--block-size",
        "Content of a block in bytes, or with K or M. Larger is smaller; smaller keeps more threads busy.",
        LmzCompressionOptions.MinBlockLength,
        LmzCompressionOptions.MaxBlockLength,
        LmzCompressionOptions.DefaultBlockLength);

    private readonly Option<bool> _noMemory = CommonOptions.Flag(
        "--no-memory", null, "Code the transformer's probabilities as they are, without learning from the file. Larger, a little faster.");

    public CompressCommand(ToolContext context)
        : base("compress", $"Compresses each FILE to FILE{Lmz.FileExtension}.")
    {
        var conversion = new ConversionArguments(this, "The files; none or - is standard input, to standard output.");
        Add(_model);
        Add(_blockSize);
        Add(_noMemory);
        Add(_threads);
        Add(_engine);
        SetAction(result =>
        {
            var models = _engine.Apply(context.Models, result, result.GetValue(_threads));
            var options = new LmzCompressionOptions
            {
                Model = models.Load(models.Find(result.GetValue(_model) ?? ModelCatalog.DefaultName)),
                Threads = result.GetValue(_threads),
                BlockLength = result.GetValue(_blockSize),
                Memory = !result.GetValue(_noMemory),
            };
            return new FileConverter(context, new Compression(options), conversion.OptionsOf(result)).Run(conversion.FilesOf(result));
        });
    }

    public override string Examples => """
        compressor compress book.txt              makes book.txt.lmz
        compressor compress -o b.lmz book.txt     makes b.lmz
        compressor compress --rm *.txt            deletes each file once it is compressed
        cat book.txt | compressor compress > b.lmz
        """;
}

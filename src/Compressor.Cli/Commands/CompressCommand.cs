using System.CommandLine;
using Compressor.Cli.Conversion;
using Compressor.Cli.Models;

namespace Compressor.Cli.Commands;

/// <summary><c>compressor compress</c>.</summary>
internal sealed class CompressCommand : ToolCommand
{
    private readonly Option<int> _threads = CommonOptions.Threads();
    private static readonly string? LargestModel = new LmzCompressionOptions { Level = LmzCompressionOptions.MaxLevel }.DefaultModelName;

    private readonly EngineOption _engine = new();

    private readonly Option<string?> _model = CommonOptions.OneValue(
        "--model", "-m", "MODEL", $"The model to use: a folder, or the name of an installed model. [default: {ModelCatalog.DefaultName}, from -7 on {LargestModel}]");

    private readonly Option<int> _blockSize = CommonOptions.ByteCount(
        "--block-size",
        "Content of a block in bytes, or with K or M. Larger is smaller; smaller keeps more threads busy. The level decides otherwise.",
        LmzCompressionOptions.MinBlockLength,
        LmzCompressionOptions.MaxBlockLength,
        LmzCompressionOptions.DefaultBlockLength);

    private readonly LevelOptions _levels = new();
    private readonly Option<string[]> _dictionary = CommonOptions.Dictionary();

    private readonly Option<bool> _noMemory = CommonOptions.Flag(
        "--no-memory", null, "Code the transformer's probabilities as they are, without learning from the file. Larger, a little faster.");

    public CompressCommand(ToolContext context)
        : base("compress", $"Compresses each FILE to FILE{Lmz.FileExtension}.")
    {
        var conversion = new ConversionArguments(this, "The files; none or - is standard input, to standard output.");
        _levels.AddTo(this);
        Add(_model);
        Add(_dictionary);
        Add(_blockSize);
        Add(_noMemory);
        Add(_threads);
        Add(_engine);
        SetAction(result =>
        {
            var models = _engine.Apply(context.Models, result, result.GetValue(_threads));
            var (level, memory) = (_levels.LevelOf(result), !result.GetValue(_noMemory));
            var plan = new LmzCompressionOptions { Level = level, Memory = memory };
            var options = new LmzCompressionOptions
            {
                Level = level,
                Model = plan.DefaultModelName is { } own ? models.Load(models.Find(result.GetValue(_model) ?? own)) : null,
                Dictionary = CommonOptions.ReadDictionary(result.GetValue(_dictionary)),
                Threads = result.GetValue(_threads),
                BlockLength = result.GetResult(_blockSize) is { Implicit: false } ? result.GetValue(_blockSize) : plan.BlockLength,
                Memory = memory,
            };
            return new FileConverter(context, new Compression(options), conversion.OptionsOf(result)).Run(conversion.FilesOf(result));
        });
    }

    public override string Examples => """
        compressor compress book.txt              makes book.txt.lmz
        compressor compress -o b.lmz book.txt     makes b.lmz
        compressor compress -3 *.dll              is fast and uses no model
        compressor compress --dictionary v1.json v2.json   makes v2.json.lmz, for those who have v1.json
        compressor compress --rm *.txt            deletes each file once it is compressed
        cat book.txt | compressor compress > b.lmz
        """;
}

using System.CommandLine;
using Compressor.Cli.Conversion;

namespace Compressor.Cli.Commands;

/// <summary><c>compressor decompress</c>.</summary>
internal sealed class DecompressCommand : ToolCommand
{
    private readonly Option<int> _threads = CommonOptions.Threads();
    private readonly EngineOption _engine = new();
    private readonly Option<string[]> _models = CommonOptions.Models();
    private readonly Option<bool> _recover = CommonOptions.Flag(
        "--recover", null, "Save what can be saved of damaged files: every good block, with zeros for lost content; the exit code is then 1.");
    private readonly Option<string[]> _dictionary = CommonOptions.Dictionary();

    public DecompressCommand(ToolContext context)
        : base("decompress", $"Restores FILE from each FILE{Lmz.FileExtension}.")
    {
        var conversion = new ConversionArguments(this, "The files; none or - is standard input, to standard output.");
        Add(_models);
        Add(_recover);
        Add(_dictionary);
        Add(_threads);
        Add(_engine);
        SetAction(result =>
        {
            var options = new LmzDecompressionOptions
            {
                Models = _engine.Apply(context.Models, result, result.GetValue(_threads)).Candidates(result.GetValue(_models) ?? []),
                Dictionary = CommonOptions.ReadDictionary(result.GetValue(_dictionary)),
                Threads = result.GetValue(_threads),
            };
            return new FileConverter(context, new Decompression(options), conversion.OptionsOf(result) with { Recover = result.GetValue(_recover) }).Run(conversion.FilesOf(result));
        });
    }

    public override string Examples => """
        compressor decompress book.txt.lmz                makes book.txt
        compressor decompress -c book.txt.lmz | less
        compressor decompress --recover damaged.lmz       makes damaged, and says what of it is lost
        compressor decompress -m my-model notes.md.lmz    for a file made with your own model
        """;
}

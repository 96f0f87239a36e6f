using System.CommandLine;
using Compressor.Cli.Conversion;
using Compressor.Cli.Files;
using Compressor.Cli.Parts;

namespace Compressor.Cli.Commands;

/// <summary><c>compressor decompress</c>.</summary>
internal sealed class DecompressCommand : ToolCommand
{
    private readonly Option<int> _threads = CommonOptions.Threads();
    private readonly EngineOptions _engine = new();
    private readonly Option<string[]> _models = CommonOptions.Models();
    private readonly Option<bool> _recover = CommonOptions.Flag(
        "--recover", null, "Save what can be saved of damaged files: every good block, with zeros for lost content; the exit code is then 1.");
    private readonly Option<string[]> _dictionary = CommonOptions.Dictionary();
    private readonly PartOption _part = new("Only part I of N of the blocks, to FILE.I-of-N: one after the other, the parts are FILE.");
    private readonly Option<string?> _into = CommonOptions.OneValue(
        "--into", null, "TARGET", "With --part: write the part at its place in TARGET, which all parts share; it is whole when all have ended well.");
    private readonly Option<long?> _maxSize = CommonOptions.MaxSize();

    public DecompressCommand(ToolContext context)
        : base("decompress", $"Restores FILE from each FILE{Lmz.FileExtension}.")
    {
        var conversion = new ConversionArguments(this, "The files; none or - is standard input, to standard output.", compresses: false);
        Add(_models);
        Add(_recover);
        Add(_dictionary);
        Add(_maxSize);
        Add(_threads);
        _engine.AddTo(this);
        Add(_part);
        Add(_into);
        conversion.RequireFilesFor(this, _part);
        Validators.Add(result =>
        {
            if (result.GetResult(_into) is not null && result.GetResult(_part) is null)
                result.AddError("--into is for --part");
            else if (result.GetResult(_part) is not null && (result.GetValue(_recover) || conversion.SkipsExisting(result)))
                result.AddError("--part contradicts --recover and --skip-existing");
            else if (result.GetResult(_into) is not null && conversion.NamesTargets(result))
                result.AddError("--into contradicts -o and --output-dir");
        });
        SetAction(result =>
        {
            var dictionaries = result.GetValue(_dictionary) ?? [];
            var models = _engine.Apply(context, result, result.GetValue(_threads));
            var given = result.GetValue(_models) ?? [];
            var options = new LmzDecompressionOptions
            {
                Models = models.Candidates(given),
                Dictionary = CommonOptions.ReadDictionary(dictionaries),
                Threads = result.GetValue(_threads),
                MaxContentLength = result.GetValue(_maxSize) ?? long.MaxValue,
            };
            var needed = ProtectedFile.Dictionaries(dictionaries).Concat(given.Select(models.Find).Concat(models.Installed()).SelectMany(ProtectedFile.Model));
            var conversionOptions = conversion.OptionsOf(result, needed) with { Recover = result.GetValue(_recover) };
            if (result.GetValue(_part) is { } part)
            {
                var shared = result.GetValue(_into);
                var how = conversionOptions with { Output = shared ?? conversionOptions.Output };
                return new PartConverter(context, new PartDecompression(context, options, how, shared is not null), how).Run(conversion.FilesOf(result, context), part);
            }

            return new FileConverter(context, new Decompression(options), conversionOptions).Run(conversion.FilesOf(result, context));
        });
    }

    public override string Examples => """
        compressor decompress book.txt.lmz                makes book.txt
        compressor decompress -c book.txt.lmz | less
        compressor decompress --recover damaged.lmz       makes damaged, and says what of it is lost
        compressor decompress --part 3/16 --into book.txt book.txt.lmz   writes a sixteenth of book.txt
        compressor decompress -m my-model notes.md.lmz    for a file made with your own model
        """;
}

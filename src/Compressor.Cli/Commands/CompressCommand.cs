using System.CommandLine;
using Compressor.Cli.Conversion;
using Compressor.Cli.Files;

namespace Compressor.Cli.Commands;

/// <summary><c>compressor compress</c>.</summary>
internal sealed class CompressCommand : ToolCommand
{
    private readonly Option<int> _threads = CommonOptions.Threads();
    private readonly EngineOptions _engine = new();

    private readonly Option<string[]> _models = CommonOptions.Models(
        "Use this model: a folder, or the name of an installed model. Can be repeated: each block gets the best. [default: an installed one, by what a block looks like]");

    private readonly Option<int> _blockSize = CommonOptions.ByteCount(
        "--block-size",
        "Content of a block in bytes, or with K or M. Larger is smaller; smaller keeps more threads busy. The level decides otherwise.",
        LmzCompressionOptions.MinBlockLength,
        LmzCompressionOptions.MaxBlockLength,
        LmzCompressionOptions.DefaultBlockLength);

    private readonly LevelOptions _levels = new();
    private readonly Option<string[]> _dictionary = CommonOptions.Dictionary();

    private readonly Option<bool> _noMixing = CommonOptions.Flag(
        "--no-mixing", null, "Code the transformer's probabilities as they are, without learning from the file. Larger, a little faster.");

    public CompressCommand(ToolContext context)
        : base("compress", $"Compresses each FILE to FILE{Lmz.FileExtension}.")
    {
        var conversion = new ConversionArguments(this, "The files; none or - is standard input, to standard output.");
        _levels.AddTo(this);
        Add(_models);
        Add(_dictionary);
        Add(_blockSize);
        Add(_noMixing);
        Add(_threads);
        _engine.AddTo(this);
        SetAction(result =>
        {
            var models = _engine.Apply(context, result, result.GetValue(_threads));
            var (level, mixing) = (_levels.LevelOf(result), !result.GetValue(_noMixing));
            var plan = new LmzCompressionOptions { Level = level, Mixing = mixing };
            string[] folders = plan.UsesModel ? [.. (result.GetValue(_models) ?? []).Select(models.Find)] : [];
            var dictionaries = result.GetValue(_dictionary) ?? [];
            var options = new LmzCompressionOptions
            {
                Level = level,
                Models = [.. folders.Select(models.Load)],
                BuiltInModelSource = models.TryGet,
                Dictionary = CommonOptions.ReadDictionary(dictionaries),
                Threads = result.GetValue(_threads),
                BlockLength = result.GetResult(_blockSize) is { Implicit: false } ? result.GetValue(_blockSize) : plan.BlockLength,
                Mixing = mixing,
            };
            var used = folders is [] ? plan.BuiltInModelNames.Select(models.TryFind).OfType<string>() : folders;
            var needed = ProtectedFile.Dictionaries(dictionaries).Concat(used.SelectMany(ProtectedFile.Model));
            return new FileConverter(context, new Compression(options, models.Candidates(folders)), conversion.OptionsOf(result, needed)).Run(conversion.FilesOf(result));
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

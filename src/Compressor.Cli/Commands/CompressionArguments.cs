using System.CommandLine;
using Compressor.Cli.Files;

namespace Compressor.Cli.Commands;

/// <summary>The options that decide what bytes compressing gives, and with how many threads and by which engine they are made.</summary>
internal sealed class CompressionArguments
{
    private readonly LevelOptions _levels = new();
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

    private readonly Option<string[]> _dictionary = CommonOptions.Dictionary();

    private readonly Option<bool> _noMixing = CommonOptions.Flag(
        "--no-mixing", null, "Code the transformer's probabilities as they are, without learning from the file. Larger, a little faster.");

    private readonly Option<bool> _learn = CommonOptions.Flag(
        "--learn", null, "Let the model learn from the file while it is coded. Smallest, and some ten times as slow, both ways.");

    /// <summary>Adds them to a command.</summary>
    public CompressionArguments(Command command)
    {
        _levels.AddTo(command);
        foreach (var option in (ReadOnlySpan<Option>)[_models, _dictionary, _blockSize, _noMixing, _learn, _threads])
            command.Add(option);
        _engine.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_learn) && (result.GetValue(_noMixing) || _levels.NamesOneWithoutModel(result)))
                result.AddError("--learn is for levels with a model, -4 to -9, and not for --no-mixing");
        });
    }

    /// <returns>How to compress, the models that may have to decompress it, and the files that takes: dictionaries and models.</returns>
    public (LmzCompressionOptions Options, IReadOnlyList<LanguageModel> Models, IReadOnlyList<ProtectedFile> Needed) Read(ToolContext context, ParseResult result)
    {
        var models = _engine.Apply(context, result, result.GetValue(_threads));
        var (level, mixing) = (_levels.LevelOf(result), !result.GetValue(_noMixing));
        var learn = result.GetValue(_learn);
        var plan = new LmzCompressionOptions { Level = level, Mixing = mixing, Learn = learn };
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
            Learn = learn,
        };
        var used = folders is [] ? plan.BuiltInModelNames.Select(models.TryFind).OfType<string>() : folders;
        return (options, models.Candidates(folders), [.. ProtectedFile.Dictionaries(dictionaries), .. used.SelectMany(ProtectedFile.Model)]);
    }

    /// <summary>The words of a command line that give the same bytes: threads and engine are left to whoever uses them.</summary>
    public IReadOnlyList<string> WordsOf(ParseResult result)
    {
        var words = new List<string> { FormattableString.Invariant($"-{_levels.LevelOf(result)}") };
        foreach (var model in result.GetValue(_models) ?? [])
            words.AddRange(["--model", model]);
        foreach (var dictionary in result.GetValue(_dictionary) ?? [])
            words.AddRange(["--dictionary", dictionary]);
        if (result.GetResult(_blockSize) is { Implicit: false })
            words.AddRange(["--block-size", FormattableString.Invariant($"{result.GetValue(_blockSize)}")]);
        if (result.GetValue(_noMixing))
            words.Add("--no-mixing");
        if (result.GetValue(_learn))
            words.Add("--learn");
        return words;
    }
}

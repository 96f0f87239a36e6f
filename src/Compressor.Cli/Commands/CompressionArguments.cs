using System.CommandLine;
using Compressor.Cli.Files;
using Compressor.Cli.Models;

namespace Compressor.Cli.Commands;

/// <summary>The options that decide what bytes compressing gives, and with how many threads and by which engine they are made.</summary>
internal sealed class CompressionArguments
{
    private static readonly string? LargestModel = new LmzCompressionOptions { Level = LmzCompressionOptions.MaxLevel }.DefaultModelName;

    private readonly LevelOptions _levels = new();
    private readonly Option<int> _threads = CommonOptions.Threads();
    private readonly EngineOptions _engine = new();

    private readonly Option<string[]> _models = CommonOptions.Models(
        $"Use this model: a folder, or the name of an installed model. Can be repeated: each block gets the best. [default: {ModelCatalog.DefaultName}, from -7 on {LargestModel}]");

    private readonly Option<int> _blockSize = CommonOptions.ByteCount(
        "--block-size",
        "Content of a block in bytes, or with K or M. Larger is smaller; smaller keeps more threads busy. The level decides otherwise.",
        LmzCompressionOptions.MinBlockLength,
        LmzCompressionOptions.MaxBlockLength,
        LmzCompressionOptions.DefaultBlockLength);

    private readonly Option<string[]> _dictionary = CommonOptions.Dictionary();

    private readonly Option<bool> _noMemory = CommonOptions.Flag(
        "--no-memory", null, "Code the transformer's probabilities as they are, without learning from the file. Larger, a little faster.");

    /// <summary>Adds them to a command.</summary>
    public CompressionArguments(Command command)
    {
        _levels.AddTo(command);
        foreach (var option in (ReadOnlySpan<Option>)[_models, _dictionary, _blockSize, _noMemory, _threads])
            command.Add(option);
        _engine.AddTo(command);
    }

    /// <returns>How to compress, and the files that takes: dictionaries and models.</returns>
    public (LmzCompressionOptions Options, IReadOnlyList<ProtectedFile> Needed) Read(ToolContext context, ParseResult result)
    {
        var models = _engine.Apply(context, result, result.GetValue(_threads));
        var (level, memory) = (_levels.LevelOf(result), !result.GetValue(_noMemory));
        var plan = new LmzCompressionOptions { Level = level, Memory = memory };
        string[] folders = plan.DefaultModelName is { } own
            ? [.. (result.GetValue(_models) is { Length: > 0 } given ? given : [own]).Select(models.Find)] : [];
        var dictionaries = result.GetValue(_dictionary) ?? [];
        var options = new LmzCompressionOptions
        {
            Level = level,
            Models = folders is [] ? null : [.. folders.Select(models.Load)],
            Dictionary = CommonOptions.ReadDictionary(dictionaries),
            Threads = result.GetValue(_threads),
            BlockLength = result.GetResult(_blockSize) is { Implicit: false } ? result.GetValue(_blockSize) : plan.BlockLength,
            Memory = memory,
        };
        return (options, [.. ProtectedFile.Dictionaries(dictionaries), .. folders.SelectMany(ProtectedFile.Model)]);
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
        if (result.GetValue(_noMemory))
            words.Add("--no-memory");
        return words;
    }
}

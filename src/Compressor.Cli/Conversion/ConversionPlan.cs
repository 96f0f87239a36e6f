using Compressor.Cli.Files;
using Compressor.Cli.Terminal;

namespace Compressor.Cli.Conversion;

/// <summary>One file of a run.</summary>
/// <param name="Source">Its name; <see cref="FileConverter.StandardInput"/> for standard input.</param>
/// <param name="Target">The file to make of it; null for standard output, or for nothing.</param>
/// <param name="Refusal">Why nothing is made of it; null if nothing speaks against it.</param>
internal sealed record PlannedFile(string Source, string? Target, string? Refusal = null);

/// <summary>
/// What a run would read and write, looked at as a whole before its first byte: no target may be an input, a dictionary, a part of
/// a model or another file's target, and what is to be deleted must be replaceable by its target.
/// </summary>
internal sealed class ConversionPlan
{
    private readonly ConversionOptions _options;
    private readonly StandardStreams _streams;
    private readonly Dictionary<FileIdentity, string> _inputs = [];
    private readonly Dictionary<FileIdentity, string> _protected = [];

    private ConversionPlan(IReadOnlyList<InputFile> files, ConversionOptions options, StandardStreams streams)
    {
        _options = options;
        _streams = streams;
        foreach (var file in files)
        {
            if (InputIdentity(file.Path) is { } identity)
                _inputs.TryAdd(identity, file.Path);
        }

        foreach (var file in options.ProtectedFiles)
            _protected.TryAdd(FileIdentity.Of(file.Path), file.Description);
    }

    /// <param name="files">The inputs.</param>
    /// <param name="conversion">Names their targets.</param>
    /// <param name="options">Where the targets go.</param>
    /// <param name="streams">Which may be files too.</param>
    /// <returns>The inputs in their order.</returns>
    public static IReadOnlyList<PlannedFile> Of(
        IReadOnlyList<InputFile> files, IConversion conversion, ConversionOptions options, StandardStreams streams)
    {
        var plan = new ConversionPlan(files, options, streams);
        return plan.WithoutSharedTargets([.. files.Select(file => plan.Of(file, conversion))]);
    }

    private PlannedFile Of(InputFile input, IConversion conversion)
    {
        var file = input.Path;
        // What cannot be opened has its own reason.
        var source = InputIdentity(file);
        if (source is null && file != FileConverter.StandardInput)
            return new PlannedFile(file, null);
        try
        {
            var target = TargetOf(input, conversion);
            return new PlannedFile(file, target, RefusalOf(file, source, target));
        }
        catch (IOException e)
        {
            return new PlannedFile(file, null, e.Message);
        }
    }

    /// <summary>Null for what does not exist, is a folder, or is a stream and no file.</summary>
    private FileIdentity? InputIdentity(string file)
    {
        if (file == FileConverter.StandardInput)
            return _streams.InputFile;
        return File.Exists(file) ? FileIdentity.Of(file) : null;
    }

    private string? TargetOf(InputFile file, IConversion conversion) => _options.Destination switch
    {
        Destination.Named when Directory.Exists(_options.Output) && file.Path != FileConverter.StandardInput => InFolder(_options.Output, file, conversion),
        Destination.Named => _options.Output,
        Destination.Beside when file.Path == FileConverter.StandardInput => null,
        Destination.Beside when _options.OutputFolder is { } folder => InFolder(folder, file, conversion),
        Destination.Beside => conversion.TargetOf(file.Path, _options.Force),
        _ => null,
    };

    private string InFolder(string folder, InputFile file, IConversion conversion) =>
        Path.Combine(folder, Path.GetDirectoryName(file.Below)!, Path.GetFileName(conversion.TargetOf(file.Path, _options.Force)));

    private string? RefusalOf(string file, FileIdentity? source, string? target)
    {
        if (_options.Destination != Destination.Nowhere && (target is null ? _streams.OutputFile : FileIdentity.Of(target)) is { } identity)
        {
            var name = target is null ? "standard output" : $"the target '{target}'";
            if (identity == source)
                return "the source and the target are the same file";
            if (_inputs.TryGetValue(identity, out var input))
                return $"{name} is an input too: '{input}'";
            if (_protected.TryGetValue(identity, out var description))
                return $"{name} is {description}";
        }

        if (!_options.RemoveSource || file == FileConverter.StandardInput || target is null)
            return null;
        if (_protected.TryGetValue(source!.Value, out var needed))
            return $"--rm would delete {needed}";
        if (SpecialFile.Is(file))
            return "--rm deletes regular files only";
        return SpecialFile.Is(target) ? $"--rm needs a regular file as the target, which '{target}' is not" : null;
    }

    private PlannedFile[] WithoutSharedTargets(PlannedFile[] files)
    {
        if (_options.Destination is Destination.StandardOutput or Destination.Nowhere)
            return files;
        var targets = files.Index().Where(file => file.Item is { Target: not null, Refusal: null });
        foreach (var alike in targets.GroupBy(file => FileIdentity.Fold(Path.GetFileName(file.Item.Target!))).Where(group => group.Skip(1).Any()))
        {
            var group = alike.ToArray();
            foreach (var (index, file) in group)
            {
                if (group.FirstOrDefault(other => other.Index != index && FileIdentity.WouldBeSame(other.Item.Target!, file.Target!)) is not { Item: { } other } hit)
                    continue;
                if (InputIdentity(file.Source) != InputIdentity(other.Source))
                    files[index] = file with { Refusal = $"the target '{file.Target}' is that of '{other.Source}' too" };
                else if (hit.Index < index)
                    files[index] = file with { Refusal = "is given twice" };
            }
        }

        return files;
    }
}

using Compressor.Cli.Files;

namespace Compressor.Cli.Parts;

/// <summary>Makes a file of its parts.</summary>
internal sealed class PartJoin(ToolContext context, bool overwrite)
{
    /// <param name="parts">The files of the parts, in order.</param>
    /// <param name="target">The file to make.</param>
    /// <param name="source">The file that the parts were made of, to compare them with; null for none.</param>
    /// <exception cref="InvalidDataException">The parts are not those of one file, all of them and in order, or not what their descriptions say.</exception>
    public void Run(IReadOnlyList<string> parts, string target, string? source)
    {
        ProtectedFile.Refuse(target, parts.SelectMany(part => (ProtectedFile[])[new(part, "a part"), new(PartFile.DescriptionOf(part), "the description of a part")])
            .Concat(source is null ? [] : [new ProtectedFile(source, "the source")]));
        var loaded = Load(parts, source);
        var end = Lmz.EndOfParts(loaded);
        if (source is not null)
            Compare(loaded, source);
        using var output = new OutputFile(target, overwrite, Attributes(loaded[0].Info), isDurable: false, context.Interruption);
        foreach (var part in loaded)
        {
            using var data = SourceFile.Open(part.Name);
            Lmz.CopyPart(part, data, output.Stream, context.Interruption.Token);
        }

        output.Stream.Write(end);
        output.Commit();
    }

    /// <summary>Writes only what comes after the parts: for those who put them together by other means. Their data need not be here.</summary>
    public void WriteEnd(IReadOnlyList<string> parts, string target)
    {
        var end = Lmz.EndOfParts([.. parts.Select(part => new LmzNamedPart(part, PartFile.LoadDescription(part)))]);
        using var output = new OutputFile(target, overwrite, null, isDurable: false, context.Interruption);
        output.Stream.Write(end);
        output.Commit();
    }

    /// <summary>Where contents are compared, times are not: they are no more than a hint that the content has changed.</summary>
    private static List<LmzNamedPart> Load(IReadOnlyList<string> parts, string? source)
    {
        var loaded = parts.Select(PartFile.Load);
        return source is null ? [.. loaded] : [.. loaded.Select(part => part with { Info = part.Info with { SourceModified = File.GetLastWriteTimeUtc(source) } })];
    }

    private void Compare(List<LmzNamedPart> parts, string source)
    {
        using var file = SourceFile.Open(source);
        if (file.Length != parts[0].Info.ContentLength)
            throw new InvalidDataException($"'{source}' has {file.Length} bytes, and '{parts[0].Name}' was made of a file of {parts[0].Info.ContentLength}");
        foreach (var part in parts)
        {
            if (PartContent.HashOf(file, part.Info.Range, context.Interruption.Token) != part.Info.ContentHash)
                throw new InvalidDataException($"'{part.Name}' was not made of what '{source}' has at bytes {part.Info.Range.Offset} to {part.Info.Range.Offset + part.Info.Range.Length - 1}");
        }
    }

    private static FileAttributesToKeep? Attributes(LmzPartInfo info) =>
        info.SourceModified is { } modified ? new FileAttributesToKeep(null, modified.UtcDateTime) : null;
}

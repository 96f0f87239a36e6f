using System.CommandLine;
using Compressor.Cli.Conversion;
using Compressor.Cli.Files;
using Compressor.Cli.Terminal;

namespace Compressor.Cli.Commands;

/// <summary>Which files a command works on: those named, those that a list names, and with <c>-r</c> those in folders.</summary>
internal sealed class FileSelection
{
    /// <summary>What ends the names of files that are compressed already, as pictures, sound, films and archives are.</summary>
    private static readonly HashSet<string> CompressedExtensions = new(StringComparer.OrdinalIgnoreCase)
    {
        ".7z", ".aac", ".apk", ".arj", ".avif", ".br", ".bz2", ".bz3", ".cab", ".deb", ".docx", ".dmg", ".ear", ".epub", ".flac", ".gif", ".gz", ".heic", ".jar", ".jpeg",
        ".jpg", ".jxl", ".lmz", ".lrz", ".lz", ".lz4", ".lzma", ".lzo", ".m4a", ".m4v", ".mkv", ".mov", ".mp3", ".mp4", ".mpeg", ".mpg", ".nupkg", ".odt", ".ogg", ".opus",
        ".png", ".pptx", ".rar", ".rpm", ".sz", ".tbz2", ".tgz", ".txz", ".tzst", ".vsix", ".war", ".webm", ".webp", ".whl", ".wma", ".wmv", ".woff", ".woff2", ".xlsx", ".xz",
        ".z", ".zip", ".zpaq", ".zst",
    };

    private readonly Option<bool> _recursive;
    private readonly Option<string?> _filesFrom = CommonOptions.OneValue(
        "--files-from", null, "LIST", "Take the names of more files from LIST, one a line, or with a NUL after each; - is standard input.");

    private readonly Option<bool> _excludeCompressed = CommonOptions.Flag(
        "--exclude-compressed", null, "Leave out files whose names say that they are compressed already: .zip, .jpg, .mp4 and the like.");

    private readonly bool _compresses;
    private readonly Argument<string[]> _files;

    /// <summary>Adds the argument and its options to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="description">Of the files.</param>
    /// <param name="compresses">Whether the files are to be compressed, not to be read as compressed ones.</param>
    public FileSelection(Command command, string description, bool compresses = false)
    {
        _compresses = compresses;
        _files = CommonOptions.Files(description);
        _recursive = CommonOptions.Flag(
            "--recursive", "-r", compresses ? "Of a folder, compress the files in it and below." : $"Of a folder, take the {Lmz.FileExtension} files in it and below.");
        command.Add(_files);
        command.Add(_recursive);
        command.Add(_filesFrom);
        if (compresses)
            command.Add(_excludeCompressed);
    }

    /// <summary>Whether there may be more than one file.</summary>
    public bool IsSeveral(System.CommandLine.Parsing.CommandResult result) =>
        result.GetValue(_files) is { Length: > 1 } || result.GetValue(_recursive) || result.GetResult(_filesFrom) is not null;

    /// <summary>The files, standard input if none was asked for. Folders that cannot be read are reported, and the rest goes on.</summary>
    /// <exception cref="IOException">The list cannot be read.</exception>
    public IReadOnlyList<InputFile> Of(ParseResult result, ToolContext context)
    {
        var named = result.GetValue(_files) ?? [];
        var list = result.GetValue(_filesFrom);
        if (list is null && named is [])
            return [InputFile.Of(FileConverter.StandardInput)];
        var files = new List<InputFile>();
        foreach (var name in list is null ? named : named.Concat(NamesIn(list, context.Streams)))
        {
            if (result.GetValue(_recursive) && Directory.Exists(name))
                AddFolder(name, Path.GetFileName(Path.TrimEndingDirectorySeparator(name)) is var last && last is not ("." or "..") ? last : "", files, context.Errors);
            else
                files.Add(InputFile.Of(name));
        }

        return result.GetValue(_excludeCompressed) ? files.FindAll(file => !CompressedExtensions.Contains(Path.GetExtension(file.Path))) : files;
    }

    private static string[] NamesIn(string list, StandardStreams streams)
    {
        using var reader = new StreamReader(list == FileConverter.StandardInput ? streams.OpenInput() : OpenList(list));
        var names = reader.ReadToEnd();
        return names.Contains('\0')
            ? names.Split('\0', StringSplitOptions.RemoveEmptyEntries)
            : names.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static FileStream OpenList(string list)
    {
        try
        {
            return SourceFile.Open(list);
        }
        catch (IOException e)
        {
            throw new IOException($"--files-from {list}: {e.Message}", e);
        }
    }

    /// <summary>In ordinal order of the names. Links and special files are left out: a folder holds them for others.</summary>
    private void AddFolder(string folder, string below, List<InputFile> files, ErrorReport errors)
    {
        FileSystemInfo[] entries;
        try
        {
            entries = [.. new DirectoryInfo(folder).EnumerateFileSystemInfos().OrderBy(entry => entry.Name, StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.Add(folder, e);
            return;
        }

        foreach (var entry in entries)
        {
            var path = Path.Combine(folder, entry.Name); // as it was named, not the full path
            if (entry.LinkTarget is not null)
                continue;
            if (entry is DirectoryInfo)
                AddFolder(path, Path.Combine(below, entry.Name), files, errors);
            else if (entry.Name.EndsWith(Lmz.FileExtension, StringComparison.OrdinalIgnoreCase) != _compresses && !SpecialFile.Is(path))
                files.Add(new InputFile(path, Path.Combine(below, entry.Name)));
        }
    }
}

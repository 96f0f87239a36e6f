namespace Compressor.Cli.Files;

/// <summary>
/// Files that data is written into, not replaced by others: pipes, devices, and what a process finds its own open files under
/// (<c>/dev/stdout</c>, <c>/proc/self/fd/3</c>, <c>&gt;(command)</c>), whatever is behind those.
/// </summary>
internal static class SpecialFile
{
    private const int MaxLinks = 40; // more are a circle

    /// <summary>Whether a path leads to one.</summary>
    public static bool Is(string path) => !OperatingSystem.IsWindows() && FileStatus.Of(path) is { } status
        && (status.Kind is not (FileKind.Regular or FileKind.Directory) || WaysTo(path).Any(IsMadeUp));

    /// <summary>Whether a path leads to this process's standard output.</summary>
    public static bool IsStandardOutput(string path) => !OperatingSystem.IsWindows() && FileStatus.Of(path) is not null && WaysTo(path).Any(way =>
        way is "/dev/stdout" or "/dev/fd/1" or "/proc/self/fd/1" || way == FormattableString.Invariant($"/proc/{Environment.ProcessId}/fd/1"));

    /// <summary>Whether a path leads to a disk: what is written into it is lost.</summary>
    public static bool IsDisk(string path) => FileStatus.Of(path) is { Kind: FileKind.BlockDevice };

    /// <summary>Whether a file is not on a disk but made up by the system.</summary>
    private static bool IsMadeUp(string path) =>
        (path.StartsWith("/dev/", StringComparison.Ordinal) && !path.StartsWith("/dev/shm/", StringComparison.Ordinal))
        || path.StartsWith("/proc/", StringComparison.Ordinal);

    /// <summary>A path, and where its symbolic links lead, one after the other.</summary>
    private static IEnumerable<string> WaysTo(string path)
    {
        var way = Path.GetFullPath(path);
        for (var i = 0; i < MaxLinks; i++)
        {
            yield return way;
            var folder = FileIdentity.Resolve(Path.GetDirectoryName(way)!);
            yield return Path.Combine(folder, Path.GetFileName(way));
            if (new FileInfo(way).LinkTarget is not { } target)
                yield break;
            way = Path.GetFullPath(target, folder);
            if (!Path.Exists(way))
                yield break; // the "pipe:[123]" of an open file is no path
        }
    }
}

using Microsoft.Win32.SafeHandles;

namespace Compressor.Cli.Files;

/// <summary>
/// Which file a path leads to, however it is spelled: symbolic and hard links to one file have the same identity. Of a file that does
/// not exist yet, the identity of its folder and its name there.
/// </summary>
internal readonly record struct FileIdentity
{
    private readonly string _place;
    private readonly string? _name; // null for a file that exists

    private FileIdentity(string place, string? name)
    {
        _place = place;
        _name = name;
    }

    public static FileIdentity Of(string path)
    {
        if (OfExisting(path) is { } existing)
            return existing;
        var full = Path.GetFullPath(path);
        var folder = Path.GetDirectoryName(full) ?? full;
        return new FileIdentity(OfExisting(folder)?._place ?? folder, Path.GetFileName(full));
    }

    /// <summary>Of an open file; null where that cannot be told.</summary>
    public static FileIdentity? Of(SafeFileHandle file) => FileStatus.Of(file) is { } status ? Of(status) : null;

    public static FileIdentity Of(FileStatus status) => new(FormattableString.Invariant($"{status.Device}:{status.Inode}"), null);

    /// <summary>
    /// Whether two files that do not exist yet, in the same folder, would be one: whether names differ by case or by the way an accent is
    /// written is for the file system to say, and it is asked, with another file.
    /// </summary>
    public static bool WouldBeSame(string one, string other)
    {
        var (first, second) = (Of(one), Of(other));
        if (first == second)
            return true;
        if (first._place != second._place || first._name is null || second._name is null || Fold(first._name) != Fold(second._name))
            return false;
        var folder = Path.GetDirectoryName(Path.GetFullPath(one))!;
        var prefix = $".compressor-{Guid.NewGuid():N}-";
        var probe = Path.Combine(folder, prefix + first._name);
        try
        {
            using var file = new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.Delete, bufferSize: 0, FileOptions.DeleteOnClose);
            return File.Exists(Path.Combine(folder, prefix + second._name));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true; // as it cannot be told
        }
    }

    /// <summary>The same for names that any file system takes for one.</summary>
    public static string Fold(string path) => path.Normalize().ToUpperInvariant();

    /// <summary>A path without symbolic links in any part of it.</summary>
    public static string Resolve(string path)
    {
        var full = Path.GetFullPath(path);
        var resolved = Path.GetPathRoot(full) ?? "";
        foreach (var part in full[resolved.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            resolved = Path.Combine(resolved, part);
            if (Path.Exists(resolved) && File.ResolveLinkTarget(resolved, returnFinalTarget: true) is { } target)
                resolved = Resolve(target.FullName);
        }

        return resolved;
    }

    private static FileIdentity? OfExisting(string path)
    {
        if (FileStatus.Of(path) is { } status)
            return Of(status);
        if (!Path.Exists(path))
            return null;
        var resolved = Resolve(path);
        return new FileIdentity(OperatingSystem.IsWindows() ? resolved.ToUpperInvariant() : resolved, null);
    }
}

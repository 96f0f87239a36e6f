namespace Compressor.Cli.Files;

/// <summary>Whether two paths lead to the same file.</summary>
internal static class FileIdentity
{
    private static readonly StringComparison Comparison =
        OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;

    /// <summary>Symbolic links are followed, in every part of the path.</summary>
    public static bool AreSame(string one, string other) => string.Equals(Resolve(one), Resolve(other), Comparison);

    private static string Resolve(string path)
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
}

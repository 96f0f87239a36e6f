using Microsoft.Win32.SafeHandles;

namespace Compressor.Cli.Files;

/// <summary>What the target of a conversion takes over from its source.</summary>
/// <param name="LastWriteTimeUtc">When the content was last changed.</param>
/// <param name="Mode">The permissions, without set-user-id and the like; null on Windows.</param>
internal sealed record FileAttributesToKeep(DateTime LastWriteTimeUtc, UnixFileMode? Mode)
{
    private const UnixFileMode Permissions = (UnixFileMode)0b111_111_111;

    public static FileAttributesToKeep Of(SafeFileHandle file) => new(
        File.GetLastWriteTimeUtc(file),
        OperatingSystem.IsWindows() ? null : File.GetUnixFileMode(file) & Permissions);

    public void Apply(string path)
    {
        // The mode first: setting it does not touch the time.
        if (!OperatingSystem.IsWindows() && Mode is { } mode)
            File.SetUnixFileMode(path, mode);
        File.SetLastWriteTimeUtc(path, LastWriteTimeUtc);
    }
}

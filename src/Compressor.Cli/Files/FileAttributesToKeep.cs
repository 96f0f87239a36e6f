using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Compressor.Cli.Files;

/// <summary>
/// What the target of a conversion takes over from its source: times, permissions and, where that is permitted, owner and group. As
/// xz and zstd do, and in their order: who may not keep the group must not open the file to another one.
/// </summary>
/// <param name="Status">All of it, where the system tells.</param>
/// <param name="LastWriteTimeUtc">When the content was last changed, where only that is known.</param>
internal sealed partial record FileAttributesToKeep(FileStatus? Status, DateTime LastWriteTimeUtc)
{
    private const uint Unchanged = uint.MaxValue; // of an owner or a group

    public static FileAttributesToKeep Of(SafeFileHandle file) => new(FileStatus.Of(file), File.GetLastWriteTimeUtc(file));

    /// <summary>Gives the attributes to a file, after its last byte is written. What its file system cannot keep is left out.</summary>
    public void Apply(SafeFileHandle file)
    {
        try
        {
            if (Status is { } status && !OperatingSystem.IsWindows())
                Apply(file, status);
            else
                File.SetLastWriteTimeUtc(file, LastWriteTimeUtc);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Some file systems have no such attributes. The content is what counts.
        }
    }

    /// <summary>The permissions of a file whose group is another than its source's: nobody may do what the source did not let all others do.</summary>
    public static UnixFileMode WithoutGroup(UnixFileMode mode)
    {
        var shared = ((int)mode >> 3) & (int)mode & 7;
        return (UnixFileMode)(((int)mode & 0b111_000_000) | (shared << 3) | shared);
    }

    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private static void Apply(SafeFileHandle file, FileStatus source)
    {
        if (FileStatus.Of(file) is not { } target)
            return;
        if (target.Owner != source.Owner)
            _ = ChangeOwner(file, source.Owner, Unchanged); // only the administrator may
        var keepsGroup = target.Group == source.Group || ChangeOwner(file, Unchanged, source.Group) == 0;
        File.SetUnixFileMode(file, keepsGroup ? source.Permissions : WithoutGroup(source.Permissions));
        // The times last: setting the mode does not touch them.
        if (SetTimes(file, [TimeSpecification.Of(source.Accessed), TimeSpecification.Of(source.Modified)]) != 0)
            throw new IOException(Marshal.GetLastPInvokeErrorMessage());
    }

    [LibraryImport("libc", EntryPoint = "fchown", SetLastError = true)]
    private static partial int ChangeOwner(SafeFileHandle file, uint owner, uint group);

    [LibraryImport("libc", EntryPoint = "futimens", SetLastError = true)]
    private static partial int SetTimes(SafeFileHandle file, [In] TimeSpecification[] accessedAndModified);

    /// <summary>C's <c>timespec</c>.</summary>
    private readonly struct TimeSpecification
    {
        private readonly nint _seconds;
        private readonly nint _nanoseconds;

        private TimeSpecification(nint seconds, nint nanoseconds)
        {
            _seconds = seconds;
            _nanoseconds = nanoseconds;
        }

        public static TimeSpecification Of(FileTime time) => new((nint)time.Seconds, (nint)time.Nanoseconds);
    }
}

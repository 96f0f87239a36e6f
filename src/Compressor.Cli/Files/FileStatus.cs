using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Compressor.Cli.Files;

/// <summary>What a file is.</summary>
internal enum FileKind
{
    Regular,
    Directory,
    Pipe,
    CharacterDevice,
    BlockDevice,
    Socket,
    Other,
}

/// <summary>A point in time as file systems of Unix store it: seconds since 1970 and nanoseconds after that.</summary>
internal readonly record struct FileTime(long Seconds, long Nanoseconds);

/// <summary>What <c>stat</c> says of a file: more than .NET does, which knows neither inodes nor owners and cuts times to 100 ns.</summary>
/// <param name="Device">The file system that it is on; with <paramref name="Inode"/> it says which file this is, whatever its name.</param>
/// <param name="Inode">Its number there.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Permissions">Its permissions, without set-user-id, set-group-id and the sticky bit.</param>
/// <param name="Owner">The user that owns it.</param>
/// <param name="Group">The group that owns it.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Accessed">When it was last read.</param>
/// <param name="Modified">When its content was last changed.</param>
internal sealed partial record FileStatus(
    ulong Device,
    ulong Inode,
    FileKind Kind,
    UnixFileMode Permissions,
    uint Owner,
    uint Group,
    long Length,
    FileTime Accessed,
    FileTime Modified)
{
    private const UnixFileMode PermissionBits = (UnixFileMode)0b111_111_111;

    /// <summary>Of the file that a path leads to; null if there is none, or on a system whose <c>stat</c> is not known here.</summary>
    public static FileStatus? Of(string path) => Of(path, follow: true);

    /// <summary>The same, but of a symbolic link itself where the path is one.</summary>
    public static FileStatus? OfLink(string path) => Of(path, follow: false);

    /// <summary>Of an open file; null where <see cref="Of(string)"/> would be.</summary>
    public static FileStatus? Of(SafeFileHandle file)
    {
        if (OperatingSystem.IsLinux())
            return Linux.Call(file);
        return OperatingSystem.IsMacOS() ? MacOs.Call(file) : null;
    }

    private static FileStatus? Of(string path, bool follow)
    {
        if (path.Length == 0)
            return null;
        path = Path.GetFullPath(path); // as every method of .NET does, which matters for "link/.."
        if (OperatingSystem.IsLinux())
            return Linux.Call(path, follow);
        return OperatingSystem.IsMacOS() ? MacOs.Call(path, follow) : null;
    }

    private static FileKind KindOf(int mode) => (mode & 0xF000) switch
    {
        0x8000 => FileKind.Regular,
        0x4000 => FileKind.Directory,
        0x1000 => FileKind.Pipe,
        0x2000 => FileKind.CharacterDevice,
        0x6000 => FileKind.BlockDevice,
        0xC000 => FileKind.Socket,
        _ => FileKind.Other,
    };

    private static FileStatus Read<T>(in T status)
        where T : struct, IStatus => new(
            status.Device,
            status.Inode,
            KindOf(status.Mode),
            (UnixFileMode)status.Mode & PermissionBits,
            status.Owner,
            status.Group,
            status.Length,
            status.Accessed,
            status.Modified);

    /// <summary>What a system's structure has, whatever its layout.</summary>
    private interface IStatus
    {
        ulong Device { get; }

        ulong Inode { get; }

        int Mode { get; }

        uint Owner { get; }

        uint Group { get; }

        long Length { get; }

        FileTime Accessed { get; }

        FileTime Modified { get; }
    }

    /// <summary><c>statx</c>, whose structure is the same on every processor; <c>stat</c>'s is not.</summary>
    private static partial class Linux
    {
        private const int WorkingDirectory = -100; // AT_FDCWD
        private const int NoFollow = 0x100; // AT_SYMLINK_NOFOLLOW
        private const int EmptyPath = 0x1000; // AT_EMPTY_PATH
        private const uint BasicFields = 0x7FF; // STATX_BASIC_STATS

        public static FileStatus? Call(string path, bool follow) =>
            StatX(WorkingDirectory, path, follow ? 0 : NoFollow, BasicFields, out var status) == 0 ? Read(status) : null;

        public static FileStatus? Call(SafeFileHandle file) =>
            StatX(file, "", EmptyPath, BasicFields, out var status) == 0 ? Read(status) : null;

        [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
        private static partial int StatX(int folder, string path, int flags, uint fields, out Status status);

        [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
        private static partial int StatX(SafeFileHandle folder, string path, int flags, uint fields, out Status status);

        [StructLayout(LayoutKind.Explicit, Size = 256)]
        private readonly struct Status : IStatus
        {
            [FieldOffset(20)]
            private readonly uint _owner;

            [FieldOffset(24)]
            private readonly uint _group;

            [FieldOffset(28)]
            private readonly ushort _mode;

            [FieldOffset(32)]
            private readonly ulong _inode;

            [FieldOffset(40)]
            private readonly long _length;

            [FieldOffset(64)]
            private readonly long _accessedSeconds;

            [FieldOffset(72)]
            private readonly uint _accessedNanoseconds;

            [FieldOffset(112)]
            private readonly long _modifiedSeconds;

            [FieldOffset(120)]
            private readonly uint _modifiedNanoseconds;

            [FieldOffset(136)]
            private readonly uint _deviceMajor;

            [FieldOffset(140)]
            private readonly uint _deviceMinor;

            public ulong Device => ((ulong)_deviceMajor << 32) | _deviceMinor;

            public ulong Inode => _inode;

            public int Mode => _mode;

            public uint Owner => _owner;

            public uint Group => _group;

            public long Length => _length;

            public FileTime Accessed => new(_accessedSeconds, _accessedNanoseconds);

            public FileTime Modified => new(_modifiedSeconds, _modifiedNanoseconds);
        }
    }

    /// <summary><c>stat</c> with inodes of 64 bits, which on Intel processors has a name of its own.</summary>
    private static partial class MacOs
    {
        private static readonly bool IsIntel = RuntimeInformation.ProcessArchitecture == Architecture.X64;

        public static FileStatus? Call(string path, bool follow)
        {
            Status status;
            var result = (follow, IsIntel) switch
            {
                (true, true) => StatIntel(path, out status),
                (true, false) => Stat(path, out status),
                (false, true) => LinkStatIntel(path, out status),
                _ => LinkStat(path, out status),
            };
            return result == 0 ? Read(status) : null;
        }

        public static FileStatus? Call(SafeFileHandle file) =>
            (IsIntel ? FileStatIntel(file, out var status) : FileStat(file, out status)) == 0 ? Read(status) : null;

        [LibraryImport("libc", EntryPoint = "stat", StringMarshalling = StringMarshalling.Utf8)]
        private static partial int Stat(string path, out Status status);

        [LibraryImport("libc", EntryPoint = "stat$INODE64", StringMarshalling = StringMarshalling.Utf8)]
        private static partial int StatIntel(string path, out Status status);

        [LibraryImport("libc", EntryPoint = "lstat", StringMarshalling = StringMarshalling.Utf8)]
        private static partial int LinkStat(string path, out Status status);

        [LibraryImport("libc", EntryPoint = "lstat$INODE64", StringMarshalling = StringMarshalling.Utf8)]
        private static partial int LinkStatIntel(string path, out Status status);

        [LibraryImport("libc", EntryPoint = "fstat")]
        private static partial int FileStat(SafeFileHandle file, out Status status);

        [LibraryImport("libc", EntryPoint = "fstat$INODE64")]
        private static partial int FileStatIntel(SafeFileHandle file, out Status status);

        [StructLayout(LayoutKind.Explicit, Size = 144)]
        private readonly struct Status : IStatus
        {
            [FieldOffset(0)]
            private readonly uint _device;

            [FieldOffset(4)]
            private readonly ushort _mode;

            [FieldOffset(8)]
            private readonly ulong _inode;

            [FieldOffset(16)]
            private readonly uint _owner;

            [FieldOffset(20)]
            private readonly uint _group;

            [FieldOffset(32)]
            private readonly long _accessedSeconds;

            [FieldOffset(40)]
            private readonly long _accessedNanoseconds;

            [FieldOffset(48)]
            private readonly long _modifiedSeconds;

            [FieldOffset(56)]
            private readonly long _modifiedNanoseconds;

            [FieldOffset(96)]
            private readonly long _length;

            public ulong Device => _device;

            public ulong Inode => _inode;

            public int Mode => _mode;

            public uint Owner => _owner;

            public uint Group => _group;

            public long Length => _length;

            public FileTime Accessed => new(_accessedSeconds, _accessedNanoseconds);

            public FileTime Modified => new(_modifiedSeconds, _modifiedNanoseconds);
        }
    }
}

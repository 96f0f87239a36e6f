using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Compressor.Cli.Files;

/// <summary>
/// A file that appears under its name only when it is whole: written under another name beside it, renamed by
/// <see cref="Commit"/>, and removed when that is not reached. Pipes and devices are written as they are.
/// </summary>
internal sealed partial class OutputFile : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _path;
    private readonly string _folder = "";
    private readonly string? _temporaryPath; // null for a special file
    private readonly bool _overwrite;
    private readonly FileAttributesToKeep? _attributes;
    private readonly FileStream _stream;
    private readonly IDisposable? _removal;
    private readonly bool _isDurable;
    private readonly WrittenStream _written;
    private bool _committed;

    /// <param name="path">The name that the file gets.</param>
    /// <param name="overwrite">Whether a file of that name may be replaced.</param>
    /// <param name="attributes">What the file takes over from another; null for those of any new file.</param>
    /// <param name="isDurable">Whether the file is to be all that is left: then it must be on the disk, and read back as it was written.</param>
    /// <param name="interruption">Knows what to remove when the process is ended.</param>
    /// <exception cref="IOException">The file exists and may not be replaced, or cannot be created.</exception>
    public OutputFile(string path, bool overwrite, FileAttributesToKeep? attributes, bool isDurable, Interruption interruption)
    {
        _path = path;
        _overwrite = overwrite;
        _attributes = attributes;
        _isDurable = isDurable;
        FileName.RequireText(path, "the target's name");
        if (Directory.Exists(path))
            throw new IOException($"the target '{path}' is a directory");
        if (SpecialFile.Is(path))
        {
            if (!overwrite && SpecialFile.IsDisk(path))
                throw new IOException($"'{path}' is a disk: use -f to write over what is on it");
            _stream = Open(path);
            _written = new WrittenStream(_stream, leavesHoles: false, isHashed: false);
            return;
        }

        RequireFree();
        _folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (!Directory.Exists(_folder))
            throw new IOException($"the target's folder '{_folder}' does not exist");
        _temporaryPath = Path.Combine(_folder, $".compressor-{Guid.NewGuid():N}.tmp");
        _stream = Create(_temporaryPath, _folder, isPrivate: attributes?.Status is not null);
        _removal = interruption.OnAbort(() => File.Delete(_temporaryPath));
        _written = new WrittenStream(_stream, leavesHoles: true, isHashed: isDurable);
    }

    /// <summary>Receives the content.</summary>
    public Stream Stream => _written;

    /// <summary>Gives the file its attributes and its name.</summary>
    /// <param name="check">Looks at what was written before it gets its name, and throws if it is not what it should be; null for nothing to look at.</param>
    /// <exception cref="IOException">The content could not be written, or a file of that name has come up meanwhile.</exception>
    public void Commit(Action<Stream>? check = null)
    {
        _written.Flush();
        if (_temporaryPath is not null)
        {
            if (_isDurable)
            {
                _stream.Flush(flushToDisk: true);
                ReadBack(_temporaryPath, _written.Hash(), check);
            }

            _attributes?.Apply(_stream.SafeFileHandle);
            _stream.Dispose();
            RequireFree();
            Rename(_temporaryPath);
            if (_isDurable)
                FlushFolder();
        }

        _stream.Dispose();
        _committed = true;
    }

    public void Dispose()
    {
        if (!_committed)
        {
            try
            {
                _stream.Dispose();
            }
            catch (Exception e) when (e is IOException or ArgumentOutOfRangeException) // the latter for a file that is too long
            {
                // What is buffered cannot be written, and need not be.
            }

            if (_temporaryPath is not null)
                File.Delete(_temporaryPath);
        }

        _removal?.Dispose();
    }

    private static void ReadBack(string path, byte[] expected, Action<Stream>? check)
    {
        using var written = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (!SHA256.HashData(written).AsSpan().SequenceEqual(expected))
            throw new IOException("what was written to the disk cannot be read back as it was");
        written.Position = 0;
        check?.Invoke(written);
    }

    private void RequireFree()
    {
        if (!_overwrite && (Path.Exists(_path) || new FileInfo(_path).LinkTarget is not null))
            throw new IOException($"'{_path}' already exists: use -f to overwrite it");
    }

    private void Rename(string temporaryPath)
    {
        try
        {
            File.Move(temporaryPath, _path, _overwrite);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            RequireFree(); // if one has come up, that is the reason to tell
            throw new IOException($"'{_path}' cannot be replaced in the folder '{_folder}': {ReasonOf(e)}", e);
        }
    }

    /// <summary>Waits until the new name is on the disk too: the name of its source may be gone from there before.</summary>
    private void FlushFolder()
    {
        if (OperatingSystem.IsWindows())
            return;
        var folder = OpenFolder(_folder, 0);
        if (folder < 0)
            return; // there are file systems that let no folder be opened
        _ = FlushToDisk(folder);
        _ = Close(folder);
    }

    private static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"'{path}' cannot be written to: {ReasonOf(e)}", e);
        }
    }

    private static FileStream Create(string path, string folder, bool isPrivate)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.ReadWrite | FileShare.Delete };
        if (isPrivate && !OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly; // until it gets that of its source
        try
        {
            return new FileStream(path, options);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"no file can be made in the folder '{folder}': {ReasonOf(e)}", e);
        }
    }

    /// <summary>The system's reason, without the names, of which one would be temporary.</summary>
    private static string ReasonOf(Exception exception) => exception switch
    {
        UnauthorizedAccessException => "permission denied",
        _ when exception.Message.IndexOf(" : '", StringComparison.Ordinal) is > 0 and var end => exception.Message[..end],
        _ => exception.Message,
    };

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFolder(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int FlushToDisk(int file);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int file);

    /// <summary>The file's content, with a hash of it where one is wanted. Pages of zeros are passed over: the file system stores none, and reads them as zeros.</summary>
    private sealed class WrittenStream(FileStream file, bool leavesHoles, bool isHashed) : CountingStream(file)
    {
        private const int PageLength = 1 << 12;

        private readonly IncrementalHash? _hash = isHashed ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256) : null;
        private long _hole; // bytes passed over at the end of what is written

        public byte[] Hash() => _hash!.GetHashAndReset();

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            _hash?.AppendData(buffer);
            if (!leavesHoles)
            {
                WriteData(buffer);
                return;
            }

            while (!buffer.IsEmpty)
            {
                var (zeros, data) = Measure(buffer);
                _hole += zeros;
                if (data > 0)
                    WriteData(buffer.Slice(zeros, data));
                buffer = buffer[(zeros + data)..];
            }
        }

        public override void Flush()
        {
            try
            {
                if (_hole > 0)
                    file.SetLength(file.Position + _hole);
                base.Flush();
            }
            catch (ArgumentOutOfRangeException e)
            {
                throw TooLong(e);
            }
        }

        protected override void Dispose(bool disposing)
        {
            _hash?.Dispose();
            base.Dispose(disposing);
        }

        private void WriteData(ReadOnlySpan<byte> buffer)
        {
            try
            {
                if (_hole > 0)
                    file.Seek(_hole, SeekOrigin.Current);
                _hole = 0;
                base.Write(buffer);
            }
            catch (ArgumentOutOfRangeException e)
            {
                throw TooLong(e);
            }
        }

        /// <summary>How many bytes at the start are whole pages of zeros, or go on with one, and how many follow before the next.</summary>
        private (int Zeros, int Data) Measure(ReadOnlySpan<byte> buffer)
        {
            var zeros = buffer.IndexOfAnyExcept((byte)0) is >= 0 and var length ? length : buffer.Length;
            if (zeros < PageLength && (_hole == 0 || zeros < buffer.Length))
                zeros = 0;
            var data = zeros;
            while (data < buffer.Length)
            {
                var page = buffer.Slice(data, Math.Min(PageLength, buffer.Length - data));
                if (page.Length == PageLength && !page.ContainsAnyExcept((byte)0))
                    break;
                data += page.Length;
            }

            return (zeros, data - zeros);
        }

        /// <summary>What .NET makes of EFBIG is not what it looks like: a mistake of the caller.</summary>
        private static IOException TooLong(Exception cause) => new("the file would be longer than the system or a limit of this process allows", cause);
    }
}

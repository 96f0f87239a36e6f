namespace Compressor.Cli.Files;

/// <summary>
/// A file that appears under its name only when it is whole: written under another name beside it, renamed by
/// <see cref="Commit"/>, and removed when that is not reached.
/// </summary>
internal sealed class OutputFile : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _path;
    private readonly string? _temporaryPath; // null for a device, which is written as it is
    private readonly bool _overwrite;
    private readonly FileAttributesToKeep? _attributes;
    private readonly FileStream _stream;
    private readonly IDisposable? _removal;
    private bool _committed;

    /// <param name="path">The name that the file gets.</param>
    /// <param name="overwrite">Whether a file of that name may be replaced.</param>
    /// <param name="attributes">What the file takes over from another; null for those of any new file.</param>
    /// <param name="interruption">Knows what to remove when the process is ended.</param>
    /// <exception cref="IOException">The file exists and may not be replaced, or cannot be created.</exception>
    public OutputFile(string path, bool overwrite, FileAttributesToKeep? attributes, Interruption interruption)
    {
        _path = path;
        _overwrite = overwrite;
        _attributes = attributes;
        if (Directory.Exists(path))
            throw new IOException($"the target '{path}' is a directory");
        if (IsDevice(path))
        {
            _stream = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            return;
        }

        RequireFree();
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (!Directory.Exists(folder))
            throw new IOException($"the target's folder '{folder}' does not exist");
        _temporaryPath = Path.Combine(folder, $".compressor-{Guid.NewGuid():N}.tmp");
        _stream = Create(_temporaryPath, folder, isPrivate: attributes is not null);
        _removal = interruption.OnAbort(() => File.Delete(_temporaryPath));
    }

    /// <summary>Receives the content.</summary>
    public Stream Stream => _stream;

    /// <summary>Devices and pipes have no content to protect and must not be replaced by a file.</summary>
    public static bool IsDevice(string path)
    {
        var full = Path.GetFullPath(path);
        return !OperatingSystem.IsWindows() && full.StartsWith("/dev/", StringComparison.Ordinal)
            && !full.StartsWith("/dev/shm/", StringComparison.Ordinal) && File.Exists(full);
    }

    /// <summary>Gives the file its attributes and its name.</summary>
    /// <param name="toDisk">Whether to wait until the content is on the disk, because its source is about to go.</param>
    /// <exception cref="IOException">The content could not be written, or a file of that name has come up meanwhile.</exception>
    public void Commit(bool toDisk)
    {
        _stream.Flush(toDisk);
        _stream.Dispose();
        if (_temporaryPath is not null)
        {
            _attributes?.Apply(_temporaryPath);
            RequireFree();
            File.Move(_temporaryPath, _path, _overwrite);
        }

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
            catch (IOException)
            {
                // What is buffered cannot be written, and need not be.
            }

            if (_temporaryPath is not null)
                File.Delete(_temporaryPath);
        }

        _removal?.Dispose();
    }

    private void RequireFree()
    {
        if (!_overwrite && File.Exists(_path))
            throw new IOException($"'{_path}' already exists: use -f to overwrite it");
    }

    private static FileStream Create(string path, string folder, bool isPrivate)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.Read | FileShare.Delete };
        if (isPrivate && !OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly; // until it gets that of its source
        try
        {
            return new FileStream(path, options);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"no permission to write to the folder '{folder}'", e);
        }
    }
}

namespace Compressor.Cli.Files;

/// <summary>A file to read, checked so that the user gets a plain reason when it cannot be.</summary>
internal static class SourceFile
{
    /// <summary>Opens a file that is not to be what it does not look like: a link to another, a device, a pipe.</summary>
    /// <exception cref="IOException">It is, or it cannot be opened.</exception>
    public static FileStream OpenRegular(string path)
    {
        if (path.Length > 0 && new FileInfo(path).LinkTarget is not null)
            throw new IOException("is a symbolic link: use -f to follow it");
        // Before it is opened, as opening a pipe waits for someone at its other end.
        if (SpecialFile.Is(path))
            throw new IOException("is no regular file: name the target with -o, or use -c");
        return Open(path);
    }

    /// <exception cref="IOException">There is no such file, or it is a directory, or it cannot be read.</exception>
    public static FileStream Open(string path)
    {
        if (path.Length == 0)
            throw new IOException("an empty text is no file name");
        FileName.RequireText(path);
        if (Directory.Exists(path))
            throw new IOException("is a directory");
        try
        {
            // Others may go on writing: that the length changes is noticed, and no other tool locks what it reads.
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new IOException("no such file", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException("permission denied", e);
        }
    }
}

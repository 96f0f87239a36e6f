namespace Compressor.Cli.Files;

/// <summary>A file to read, checked so that the user gets a plain reason when it cannot be.</summary>
internal static class SourceFile
{
    /// <exception cref="IOException">There is no such file, or it is a directory, or it cannot be read.</exception>
    public static FileStream Open(string path)
    {
        if (path.Length == 0)
            throw new IOException("an empty text is no file name");
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

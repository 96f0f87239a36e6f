namespace Compressor.Training;

/// <summary>
/// Keeps a second run out of a model's folder: both would write the same checkpoints. What is locked is an open file, so the system lets go of it when the
/// process ends, however it ends; that the file is still there says nothing.
/// </summary>
internal sealed class OutputLock : IDisposable
{
    private const string FileName = "training.lock";

    private readonly FileStream _file;

    /// <param name="folder">The folder, which is made if it is not there.</param>
    /// <exception cref="IOException">Another run has it, or it cannot be written to.</exception>
    public OutputLock(string folder)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, FileName);
        try
        {
            _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (File.Exists(path))
        {
            throw new IOException($"another training run is writing to '{folder}': wait until it has ended, or choose another output folder", e);
        }
    }

    /// <summary>Lets the next run in. The file stays: one that were deleted now might be locked by the next already.</summary>
    public void Dispose() => _file.Dispose();
}

namespace Compressor.Cli.Tests;

/// <summary>An empty folder that is deleted with all that is in it.</summary>
public sealed class Scratch : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("compressor-cli-").FullName;

    /// <summary>The names of all that is in the folder.</summary>
    public string[] Names => [.. Directory.EnumerateFileSystemEntries(Path).Select(path => System.IO.Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public string Write(string name, byte[] content)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(File(name))!);
        System.IO.File.WriteAllBytes(File(name), content);
        return name;
    }

    public byte[] Read(string name) => System.IO.File.ReadAllBytes(File(name));

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

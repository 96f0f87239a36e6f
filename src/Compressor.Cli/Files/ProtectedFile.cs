namespace Compressor.Cli.Files;

/// <summary>A file that a run reads besides its inputs, and that must be there afterwards: what was compressed with it needs it.</summary>
/// <param name="Path">The file.</param>
/// <param name="Description">What it is to the run, for people.</param>
internal sealed record ProtectedFile(string Path, string Description)
{
    public static IEnumerable<ProtectedFile> Dictionaries(IEnumerable<string> paths) => paths.Select(path => new ProtectedFile(path, "a dictionary of this run"));

    /// <summary>All files of a model's folder.</summary>
    public static IEnumerable<ProtectedFile> Model(string folder) => Directory.Exists(folder)
        ? Directory.EnumerateFiles(folder).Select(path => new ProtectedFile(path, $"a part of the model '{folder}'"))
        : [];

    /// <summary>Refuses a target that one of the files is.</summary>
    /// <exception cref="IOException">It is.</exception>
    public static void Refuse(string target, IEnumerable<ProtectedFile> files)
    {
        var identity = FileIdentity.Of(target);
        if (files.FirstOrDefault(file => FileIdentity.Of(file.Path) == identity) is { } hit)
            throw new IOException($"the target '{target}' is {hit.Description}");
    }
}

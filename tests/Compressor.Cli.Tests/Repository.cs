namespace Compressor.Cli.Tests;

/// <summary>The repository that the tests were built in.</summary>
internal static class Repository
{
    /// <summary>Its folder.</summary>
    public static string Root { get; } = Find();

    private static string Find()
    {
        DirectoryInfo? directory = new(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Compressor.sln"))) directory = directory.Parent;
        return directory?.FullName ?? throw new InvalidOperationException("no Compressor.sln above the test assembly");
    }
}

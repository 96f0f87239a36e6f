namespace Compressor.Benchmarks.Pages;

/// <summary>The repository that this program was built in.</summary>
internal static class RepositoryFolder
{
    /// <summary>The nearest folder with the solution, from that of the program upwards.</summary>
    /// <exception cref="DirectoryNotFoundException">The repository is not above the program.</exception>
    public static string Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Compressor.sln"))) return folder.FullName;
        }

        throw new DirectoryNotFoundException($"no Compressor.sln above {AppContext.BaseDirectory}");
    }
}

namespace Compressor.Training.Native;

/// <summary>Where libtorch and TorchSharp's own library may lie.</summary>
internal static class LibTorchFolders
{
    private static readonly string Application = Path.GetDirectoryName(typeof(LibTorchFolders).Assembly.Location) is { Length: > 0 } folder
        ? folder
        : AppContext.BaseDirectory;

    /// <summary>The folder of libtorch: the one that the environment names, or the program's own, or that of NuGet's packages.</summary>
    /// <exception cref="FileNotFoundException">There is none; says what fetches it.</exception>
    public static string Find()
    {
        var library = FileName("torch_cpu");
        if (Environment.GetEnvironmentVariable(LibTorch.FolderVariable) is { Length: > 0 } named)
        {
            return File.Exists(Path.Combine(named, library))
                ? named
                : throw new FileNotFoundException($"{LibTorch.FolderVariable} is '{named}', where there is no {library}");
        }

        return Candidates("libtorch-cpu-" + LibTorch.Platform, LibTorch.Version).FirstOrDefault(folder => File.Exists(Path.Combine(folder, library)))
            ?? throw new FileNotFoundException($"this needs libtorch {LibTorch.Version}, which is not on this machine; {LibTorch.HowToFetch}");
    }

    /// <summary>TorchSharp's library of C functions.</summary>
    /// <exception cref="FileNotFoundException">TorchSharp has none for this platform, or the program is not whole.</exception>
    public static string FindTorchSharp()
    {
        var library = FileName("LibTorchSharp");
        var version = typeof(torch).Assembly.GetName().Version!.ToString(3);
        return Candidates("torchsharp", version).Select(folder => Path.Combine(folder, library)).FirstOrDefault(File.Exists)
            ?? throw new FileNotFoundException($"TorchSharp {version} has no {library} for {LibTorch.Platform} here");
    }

    /// <summary>A library's file as the system names it.</summary>
    public static string FileName(string library) =>
        OperatingSystem.IsWindows() ? library + ".dll" : OperatingSystem.IsMacOS() ? $"lib{library}.dylib" : $"lib{library}.so";

    private static IEnumerable<string> Candidates(string package, string version)
    {
        var native = Path.Combine("runtimes", LibTorch.Platform, "native");
        yield return Application;
        yield return Path.Combine(Application, native);
        yield return Path.Combine(Packages, package, version, native);
    }

    /// <summary>NuGet's folder of packages.</summary>
    private static string Packages => Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } folder
        ? folder
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
}

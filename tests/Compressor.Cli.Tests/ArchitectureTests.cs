using System.Reflection;
using System.Text.RegularExpressions;

namespace Compressor.Cli.Tests;

/// <summary>The dependency rule: Trainer → Cli → Compressor and Trainer → Training → Compressor; inside the library the folders that do not know each other do not.</summary>
public sealed partial class ArchitectureTests
{
    [Theory]
    [InlineData("Compressor", "")]
    [InlineData("Compressor.Training", "Compressor")]
    [InlineData("Compressor.Cli", "Compressor")]
    [InlineData("Compressor.Trainer", "Compressor Compressor.Cli Compressor.Training")]
    public void ProjectsReferenceOnlyWhatTheyMay(string name, string allowed)
    {
        string[] references = [.. Assembly.Load(name).GetReferencedAssemblies().Select(a => a.Name!)
            .Where(a => a.StartsWith("Compressor", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        Assert.Subset(allowed.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToHashSet(), references.ToHashSet());
    }

    [Fact]
    public void TheLibraryDependsOnNothingButTheFramework()
    {
        foreach (AssemblyName reference in Assembly.Load("Compressor").GetReferencedAssemblies())
            Assert.StartsWith("System.", reference.Name, StringComparison.Ordinal);
    }

    /// <summary>
    /// Which folders of the library a file of a folder may name; the root is the public API, which nothing inside a folder but those marked may name.
    /// From the bottom up: what is listed later stands on what is listed before.
    /// </summary>
    private static readonly Dictionary<string, string> MayName = new()
    {
        ["Kernels"] = "",
        ["RangeCoding"] = "",
        ["Symbols"] = "",
        ["IO"] = "",
        ["Concurrency"] = "",
        ["Container"] = "",
        ["Repeats"] = "Container",
        ["Prediction"] = "Kernels RangeCoding",
        ["Filters"] = "Container Prediction RangeCoding",
        ["Payload"] = "Blocks Concurrency Container Prediction RangeCoding Symbols",
        ["Blocks"] = "Concurrency Container Filters Payload Prediction RangeCoding",
        ["Recovery"] = "Blocks Concurrency Container",
        ["Frames"] = "Blocks Concurrency Container Payload",
    };

    [Fact]
    public void EveryFolderOfTheLibraryNamesOnlyWhatItMay()
    {
        string root = Path.Combine(Repository.Root, "src", "Compressor");
        string[] folders = [.. Directory.GetDirectories(root).Select(d => Path.GetFileName(d)!).Where(d => Directory.EnumerateFiles(Path.Combine(root, d), "*.cs", SearchOption.AllDirectories).Any())];
        Assert.Equal(MayName.Keys.Order(StringComparer.Ordinal), folders.Order(StringComparer.Ordinal));
        foreach (string folder in folders)
        {
            string[] allowed = MayName[folder].Split(' ');
            foreach (string file in Directory.GetFiles(Path.Combine(root, folder), "*.cs", SearchOption.AllDirectories))
            {
                foreach (Match match in FolderNames().Matches(File.ReadAllText(file)))
                {
                    string named = match.Groups[1].Value;
                    if (named == folder || !folders.Contains(named)) continue;
                    Assert.True(allowed.Contains(named), $"{Path.GetRelativePath(root, file)} names Compressor.{named}");
                }
            }
        }
    }

    [GeneratedRegex(@"\bCompressor\.([A-Z][A-Za-z]+)\b")]
    private static partial Regex FolderNames();
}

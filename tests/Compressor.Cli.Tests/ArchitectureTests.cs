using System.Reflection;
using System.Text.RegularExpressions;

namespace Compressor.Cli.Tests;

/// <summary>The dependency rule: Cli → Training → Compressor, Training → Tensors; inside the library the folders that do not know each other do not.</summary>
public sealed partial class ArchitectureTests
{
    [Theory]
    [InlineData("Compressor", "")]
    [InlineData("Compressor.Tensors", "")]
    [InlineData("Compressor.Training", "Compressor Compressor.Tensors")]
    [InlineData("Compressor.Cli", "Compressor Compressor.Training")]
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

    /// <summary>Folder by folder: which other folders of the library a file may name.</summary>
    [Theory]
    [InlineData("Coding", "")]
    [InlineData("Kernels", "")]
    [InlineData("Text", "")]
    [InlineData("Format", "")]
    [InlineData("Model", "Coding Kernels")]
    public void FoldersOfTheLibraryKnowOnlyWhatTheyMay(string folder, string allowed)
    {
        string root = Path.Combine(Repository.Root, "src", "Compressor");
        string[] folders = [.. Directory.GetDirectories(root).Select(d => Path.GetFileName(d)!)];
        Assert.Contains(folder, folders);
        foreach (string file in Directory.GetFiles(Path.Combine(root, folder), "*.cs", SearchOption.AllDirectories))
        {
            foreach (Match match in FolderNames().Matches(File.ReadAllText(file)))
            {
                string named = match.Groups[1].Value;
                if (named == folder || !folders.Contains(named)) continue;
                Assert.True(allowed.Split(' ').Contains(named), $"{Path.GetRelativePath(root, file)} names Compressor.{named}");
            }
        }
    }

    [GeneratedRegex(@"\bCompressor\.([A-Z][A-Za-z]+)\b")]
    private static partial Regex FolderNames();
}

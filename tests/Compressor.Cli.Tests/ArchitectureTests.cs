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
        foreach (var reference in Assembly.Load("Compressor").GetReferencedAssemblies())
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
        ["Prediction"] = "Kernels RangeCoding Symbols",
        ["Filters"] = "Container Prediction RangeCoding",
        ["Payload"] = "Blocks Concurrency Container Prediction RangeCoding Symbols",
        ["Records"] = "Container Prediction RangeCoding",
        ["Blocks"] = "Concurrency Container Filters Payload Prediction RangeCoding Repeats",
        ["Recovery"] = "Blocks Concurrency Container",
        ["Frames"] = "Blocks Concurrency Container IO Payload Repeats",
    };

    [Fact]
    public void EveryFolderOfTheLibraryNamesOnlyWhatItMay()
    {
        var root = Path.Combine(Repository.Root, "src", "Compressor");
        string[] folders = [.. Directory.GetDirectories(root).Select(d => Path.GetFileName(d)!).Where(d => Directory.EnumerateFiles(Path.Combine(root, d), "*.cs", SearchOption.AllDirectories).Any())];
        Assert.Equal(MayName.Keys.Order(StringComparer.Ordinal), folders.Order(StringComparer.Ordinal));
        foreach (var folder in folders)
        {
            var allowed = MayName[folder].Split(' ');
            foreach (var file in Directory.GetFiles(Path.Combine(root, folder), "*.cs", SearchOption.AllDirectories))
            {
                foreach (Match match in FolderNames().Matches(File.ReadAllText(file)))
                {
                    var named = match.Groups[1].Value;
                    if (named == folder || !folders.Contains(named)) continue;
                    Assert.True(allowed.Contains(named), $"{Path.GetRelativePath(root, file)} names Compressor.{named}");
                }
            }
        }
    }

    /// <summary>
    /// Which types of the root a folder may name. The root is the public API, so what it hands down and gets back has its names: the words of the format, the models and
    /// dictionaries to code with, the options that say what to do, the results. Nothing inside names what acts (Lmz, LmzStream, LmzEncoder …), so calls go one way.
    /// </summary>
    private static readonly Dictionary<string, string> MayNameOfTheRoot = new()
    {
        ["Container"] = "LmzBlockType LmzFilter ModelId",
        ["Filters"] = "LmzFilter",
        ["Payload"] = "LanguageModel",
        ["Records"] = "LmzDictionary LmzRecordOptions",
        ["Blocks"] = "LmzBlockType LanguageModel BuiltInModels ModelSize LmzDictionary LmzCompressionOptions LmzDecompressionOptions ModelNotFoundException"
            + " DictionaryNotFoundException LmzBlockAnalysis LmzBlockInfo LmzTokenCost LmzPrediction",
        ["Frames"] = "LmzCompressionOptions LmzDecompressionOptions ModelId ModelNotFoundException DictionaryNotFoundException LmzPart LmzPartInfo LmzNamedPart",
        ["Recovery"] = "LmzBlockType ModelId LmzDecompressionOptions LmzRecovery LmzDamage",
    };

    [Fact]
    public void NothingInsideNamesWhatActsInTheRoot()
    {
        var root = Path.Combine(Repository.Root, "src", "Compressor");
        HashSet<string> types = [.. typeof(Lmz).Assembly.GetTypes().Where(type => type.Namespace == "Compressor" && !type.IsNested).Select(type => type.Name)];
        Assert.Contains("LmzStream", types);
        foreach (var folder in MayName.Keys)
        {
            var allowed = MayNameOfTheRoot.GetValueOrDefault(folder, "").Split(' ');
            foreach (var file in Directory.GetFiles(Path.Combine(root, folder), "*.cs", SearchOption.AllDirectories))
            {
                foreach (Match match in Words().Matches(File.ReadAllText(file)))
                {
                    if (types.Contains(match.Value) && !allowed.Contains(match.Value))
                        Assert.Fail($"{Path.GetRelativePath(root, file)} names {match.Value}");
                }
            }
        }
    }

    [GeneratedRegex(@"(?<![.\w""])[A-Z][A-Za-z]+\b")]
    private static partial Regex Words();

    [Fact]
    public void TheMapOfTheCodeSaysTheSame()
    {
        string[] rows = [.. File.ReadLines(Path.Combine(Repository.Root, "docs", "design.md")).Where(line => line.StartsWith("| `", StringComparison.Ordinal))];
        var said = rows.Select(row => row.Split('|')).Where(cells => cells.Length == 5 && MayName.ContainsKey(cells[1].Trim(' ', '`')))
            .ToDictionary(cells => cells[1].Trim(' ', '`'), cells => cells[3].Trim());
        Assert.Equal(MayName.OrderBy(rule => rule.Key, StringComparer.Ordinal), said.OrderBy(rule => rule.Key, StringComparer.Ordinal));
    }

    /// <summary>The trainer sees the library's internals, but only where a model is defined: tokenizer, filters and networks.</summary>
    [Fact]
    public void TrainingReachesOnlyWhereModelsAreDefined()
    {
        string[] allowed = ["Symbols", "Filters", "Prediction", "RangeCoding", "Training"];
        var root = Path.Combine(Repository.Root, "src", "Compressor.Training");
        foreach (var file in Directory.GetFiles(root, "*.cs", SearchOption.AllDirectories))
        {
            foreach (Match match in FolderNames().Matches(File.ReadAllText(file)))
                Assert.True(allowed.Contains(match.Groups[1].Value), $"{Path.GetRelativePath(root, file)} names {match.Value}");
        }
    }

    [GeneratedRegex(@"\bCompressor\.([A-Z][A-Za-z]+)\b")]
    private static partial Regex FolderNames();
}

using Compressor.Blocks.Kinds;

namespace Compressor;

/// <summary>How much work a model is.</summary>
internal enum ModelSize
{
    /// <summary>What levels up to 6 choose among.</summary>
    Fast,

    /// <summary>What levels from 7 on prefer: four times the work, a better prediction.</summary>
    Base,
}

/// <summary>A model that comes with the library.</summary>
/// <param name="Name">The name of its folder.</param>
/// <param name="Size">How much work it is.</param>
/// <param name="Kinds">What it was trained for.</param>
internal sealed record BuiltInModel(string Name, ModelSize Size, IReadOnlyList<TextKind> Kinds);

/// <summary>
/// The models that come with the library, in <c>models</c> beside the application or in one of the <see cref="MaxFoldersAbove"/> folders
/// above it; each is loaded when it is first needed, and one that is not installed is not chosen.
/// </summary>
internal static class BuiltInModels
{
    /// <summary>The model of English that levels up to 6 use.</summary>
    public const string Fast = "en-fast";

    /// <summary>The model of English that levels from 7 on use.</summary>
    public const string Base = "en-base";

    /// <summary>
    /// As many as there are from where a build puts programs, <c>artifacts/bin/project/configuration</c>, to the root of the source tree.
    /// Not on to the root of the file system: on the way there may be folders, such as one for temporary files, that others write to.
    /// </summary>
    private const int MaxFoldersAbove = 4;

    private static readonly Dictionary<string, Lazy<LanguageModel?>> Loaded;

    static BuiltInModels() => Loaded = All.ToDictionary(
        model => model.Name, model => new Lazy<LanguageModel?>(() => Find(model.Name) is { } folder ? LanguageModel.Load(folder) : null), StringComparer.Ordinal);

    /// <summary>All that there may be, the one that most files need first.</summary>
    public static IReadOnlyList<BuiltInModel> All { get; } =
    [
        new(Fast, ModelSize.Fast, [TextKind.English]),
        new("code-fast", ModelSize.Fast, [TextKind.Code, TextKind.Markup, TextKind.Data]),
        new("world-fast", ModelSize.Fast, [TextKind.Chinese, TextKind.OtherLanguage]),
        new(Base, ModelSize.Base, [TextKind.English]),
    ];

    /// <summary>Those that are installed, in that order; loaded as a search comes to them.</summary>
    public static IEnumerable<LanguageModel> Installed => All.Select(model => TryGet(model.Name)).OfType<LanguageModel>();

    /// <summary>
    /// The models for a kind of text up to a size, the best first: the larger before the smaller; and those for other kinds after all for this one, because a
    /// wrong model, joined with mixing, is better than none.
    /// </summary>
    public static IEnumerable<BuiltInModel> For(TextKind kind, ModelSize largest) =>
        All.Where(model => model.Size <= largest).OrderBy(model => !model.Kinds.Contains(kind)).ThenByDescending(model => model.Size); // a stable sort

    /// <summary>Loads a model, or gives the one that is loaded; null if it is not installed.</summary>
    /// <exception cref="InvalidDataException">Its files are damaged.</exception>
    public static LanguageModel? TryGet(string name) => Loaded[name].Value;

    /// <summary>Loads a model, or gives the one that is loaded.</summary>
    /// <exception cref="DirectoryNotFoundException">Its folder is missing.</exception>
    /// <exception cref="InvalidDataException">Its files are damaged.</exception>
    public static LanguageModel Get(string name) => TryGet(name) ?? throw Missing(name);

    /// <summary>The error of a model that is not where it is looked for.</summary>
    public static DirectoryNotFoundException Missing(string name) =>
        new($"The built-in language model is missing: no folder models/{name} in {AppContext.BaseDirectory} or the {MaxFoldersAbove} folders above it.");

    private static string? Find(string name) => Find(name, AppContext.BaseDirectory);

    /// <summary>The folder of a model, or null.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="application">The folder of the application.</param>
    internal static string? Find(string name, string application)
    {
        var folder = new DirectoryInfo(application);
        for (var above = 0; above <= MaxFoldersAbove && folder is not null; above++, folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "models", name);
            if (Directory.Exists(candidate))
                return candidate;
        }

        return null;
    }
}

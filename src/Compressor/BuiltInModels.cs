namespace Compressor;

/// <summary>
/// The models that come with the library, in <c>models</c> beside the application or in one of the <see cref="MaxFoldersAbove"/> folders
/// above it; each is loaded when it is first needed.
/// </summary>
internal static class BuiltInModels
{
    /// <summary>What levels up to 6 use.</summary>
    public const string Fast = "en-fast";

    /// <summary>What levels from 7 on use: four times the work, a better prediction.</summary>
    public const string Base = "en-base";

    /// <summary>
    /// As many as there are from where a build puts programs, <c>artifacts/bin/project/configuration</c>, to the root of the source tree.
    /// Not on to the root of the file system: on the way there may be folders, such as one for temporary files, that others write to.
    /// </summary>
    private const int MaxFoldersAbove = 4;

    private static readonly Dictionary<string, Lazy<LanguageModel>> Models = new[] { Fast, Base }.ToDictionary(
        name => name, name => new Lazy<LanguageModel>(() => LanguageModel.Load(Find(name) ?? throw Missing(name))), StringComparer.Ordinal);

    /// <summary>Those to decompress with, the one that most files need first, which must be there; looked for and loaded as a search comes to them.</summary>
    public static IEnumerable<LanguageModel> All => new[] { Fast, Base }.Where(name => name == Fast || Find(name) is not null).Select(Get);

    /// <summary>Loads a model, or gives the one that is loaded.</summary>
    /// <exception cref="DirectoryNotFoundException">Its folder is missing.</exception>
    /// <exception cref="InvalidDataException">Its files are damaged.</exception>
    public static LanguageModel Get(string name) => Models[name].Value;

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

    private static DirectoryNotFoundException Missing(string name) =>
        new($"The built-in language model is missing: no folder models/{name} in {AppContext.BaseDirectory} or the {MaxFoldersAbove} folders above it."
            + " A package reference puts them there; with a reference to the project, copy the folder models of the source tree there, import build/Lmz.Compressor.targets,"
            + " or load a model from where it is with LanguageModel.Load and give it in the options.");
}

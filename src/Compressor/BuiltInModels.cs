namespace Compressor;

/// <summary>The models that come with the library, in <c>models</c> beside the application or in a folder above it; each is loaded when it is first needed.</summary>
internal static class BuiltInModels
{
    /// <summary>What levels up to 6 use.</summary>
    public const string Fast = "en-fast";

    /// <summary>What levels from 7 on use: four times the work, a better prediction.</summary>
    public const string Base = "en-base";

    private static readonly Dictionary<string, Lazy<LanguageModel>> Models = new[] { Fast, Base }.ToDictionary(
        name => name, name => new Lazy<LanguageModel>(() => LanguageModel.Load(Find(name) ?? throw Missing(name))), StringComparer.Ordinal);

    /// <summary>Those to decompress with, the one that most files need first, which must be there; looked for and loaded as a search comes to them.</summary>
    public static IEnumerable<LanguageModel> All => new[] { Fast, Base }.Where(name => name == Fast || Find(name) is not null).Select(Get);

    /// <summary>Loads a model, or gives the one that is loaded.</summary>
    /// <exception cref="DirectoryNotFoundException">Its folder is missing.</exception>
    /// <exception cref="InvalidDataException">Its files are damaged.</exception>
    public static LanguageModel Get(string name) => Models[name].Value;

    private static string? Find(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "models", name);
            if (Directory.Exists(candidate))
                return candidate;
        }

        return null;
    }

    private static DirectoryNotFoundException Missing(string name) =>
        new($"The built-in language model is missing: no folder models/{name} in {AppContext.BaseDirectory} or above it.");
}

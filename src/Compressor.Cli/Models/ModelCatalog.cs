namespace Compressor.Cli.Models;

/// <summary>Finds models by name in the folders that hold them, and loads each at most once.</summary>
/// <param name="directories">Folders of model folders, the first to look in first.</param>
/// <param name="loader">Loads a model from a folder; null for the library's own way.</param>
internal sealed class ModelCatalog(IReadOnlyList<string> directories, Func<string, LanguageModel>? loader = null)
{
    /// <summary>The model that most files need.</summary>
    public const string DefaultName = "en-fast";

    /// <summary>More folders of models, separated as in <c>PATH</c>, looked into before those of the tool.</summary>
    public const string DirectoriesVariable = "COMPRESSOR_MODELS";

    private const string WeightsFile = "model.safetensors";

    private static readonly string[] FileNames = ["config.json", "tokenizer.json", WeightsFile];

    private readonly Lock _lock = new();
    private readonly Dictionary<string, LanguageModel> _loaded = new(StringComparer.Ordinal);

    /// <summary>The folders that this process is to use.</summary>
    public static ModelCatalog OfProcess()
    {
        var directories = (Environment.GetEnvironmentVariable(DirectoriesVariable) ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return new ModelCatalog([.. directories, Path.Combine(AppContext.BaseDirectory, "models")]);
    }

    /// <summary>Whether a folder holds a model, and not, say, one whose training has not come to its first checkpoint.</summary>
    public static bool IsModel(string folder) => FileNames.All(name => File.Exists(Path.Combine(folder, name)));

    /// <summary>The size of a model's files in bytes.</summary>
    public static long SizeOf(string folder) => FileNames.Sum(name => new FileInfo(Path.Combine(folder, name)).Length);

    /// <summary>How many weights a model has, look-up tables included.</summary>
    public static long ParametersOf(string folder) => ParameterCount.Of(Path.Combine(folder, WeightsFile));

    /// <summary>The model folders in a folder, by name.</summary>
    public static IEnumerable<string> ModelsIn(string directory) => Directory.Exists(directory)
        ? Directory.GetDirectories(directory).Where(IsModel).Order(StringComparer.Ordinal)
        : [];

    /// <summary>The same folders, loaded in another way.</summary>
    public ModelCatalog LoadedBy(Func<string, LanguageModel> other) => new(directories, other);

    /// <summary>The folders of all installed models, the default one first.</summary>
    public IEnumerable<string> Installed() =>
        directories.SelectMany(ModelsIn).OrderBy(folder => Path.GetFileName(folder) != DefaultName); // a stable sort

    /// <summary>The folder of a model that is given as a path or as the name of an installed one.</summary>
    /// <exception cref="IOException">There is none.</exception>
    public string Find(string nameOrFolder)
    {
        if (IsModel(nameOrFolder))
            return nameOrFolder;
        if (Directory.Exists(nameOrFolder))
            throw new IOException($"model '{nameOrFolder}': the folder lacks one of {string.Join(", ", FileNames)}");
        return TryFind(nameOrFolder)
            ?? throw new IOException($"model '{nameOrFolder}': there is no such folder, and no installed model has that name");
    }

    /// <summary>The folder of an installed model; null if there is none of that name.</summary>
    public string? TryFind(string name) => Installed().FirstOrDefault(folder => Path.GetFileName(folder) == name);

    /// <summary>Loads an installed model; null if there is none of that name.</summary>
    /// <exception cref="InvalidDataException">Its files are damaged, or not what this version can run.</exception>
    public LanguageModel? TryGet(string name) => TryFind(name) is { } folder ? Load(folder) : null;

    /// <summary>Loads a model.</summary>
    /// <exception cref="InvalidDataException">Its files are damaged, or not what this version can run.</exception>
    public LanguageModel Load(string folder)
    {
        lock (_lock)
        {
            var path = Path.GetFullPath(folder);
            if (_loaded.TryGetValue(path, out var model))
                return model;
            try
            {
                model = (loader ?? LanguageModel.Load)(path);
            }
            catch (InvalidDataException e)
            {
                throw new InvalidDataException($"model '{folder}': {e.Message}", e);
            }

            _loaded.Add(path, model);
            return model;
        }
    }

    /// <summary>The name of an installed model, or null. A damaged one has none.</summary>
    public string? NameOf(ModelId id)
    {
        foreach (var folder in Installed())
        {
            try
            {
                if (Load(folder) is var model && model.Id == id)
                    return model.Name;
            }
            catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
            {
                // "compressor models" says what is wrong with it.
            }
        }

        return null;
    }

    /// <summary>The models to decompress with: those given, then the installed ones.</summary>
    /// <exception cref="IOException">One that is given does not exist.</exception>
    public IReadOnlyList<LanguageModel> Candidates(IEnumerable<string> given) =>
        new CandidateModels(this, [.. given.Select(Find).Concat(Installed())]);
}

using System.Globalization;
using Compressor.Training.Data;
using Compressor.Training.Export;
using Compressor.Training.Native;

namespace Compressor.Training;

/// <summary>Trains a model from folders of text, from nothing to the files that the compressor loads.</summary>
public static class TrainingSession
{
    /// <summary>Names of the presets that <see cref="TrainingOptions.Preset"/> may have.</summary>
    public static IReadOnlyList<string> Presets { get; } = [.. TrainingRecipe.Presets.Keys.Order(StringComparer.Ordinal)];

    /// <summary>
    /// Trains until all steps are taken or the token is cancelled. On one machine, data, seed, steps and the number of threads decide
    /// the weights, not where the run was interrupted and resumed.
    /// </summary>
    /// <param name="options">What to do.</param>
    /// <param name="progress">Is told how it goes, from the calling thread.</param>
    /// <param name="cancellationToken">Once steps are being taken: write a checkpoint and return.</param>
    /// <returns>True when all steps are done; false when the token stopped the run after a checkpoint.</returns>
    /// <exception cref="ArgumentException">The options contradict each other or name an unknown preset.</exception>
    /// <exception cref="IOException">A folder is missing or cannot be read or written, or there is already a checkpoint
    /// in the output folder and the options do not say to resume it, or another run is writing there.</exception>
    /// <exception cref="InvalidDataException">A data folder holds no text, or the checkpoint belongs to another run.</exception>
    /// <exception cref="ArithmeticException">Training diverged; the last checkpoint is kept.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled before the first step.</exception>
    public static bool Run(TrainingOptions options, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!TrainingRecipe.Presets.TryGetValue(options.Preset, out var recipe))
            throw new ArgumentException($"there is no preset '{options.Preset}'; there are {string.Join(", ", Presets)}", nameof(options));
        return Run(options, recipe, progress, cancellationToken);
    }

    /// <summary>Reads a list for <see cref="TrainingOptions.Excluded"/>: one name a line; empty lines and those that start with '#' do not count.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyList<string> ReadNames(string path) => Exclusions.ReadNames(path);

    internal static bool Run(TrainingOptions options, TrainingRecipe recipe, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        Check(options);
        LibTorch.Load(options.Device);
        torch.set_num_threads(1); // the workers have theirs
        var checkpointFolder = Path.Combine(options.OutputFolder, "checkpoint");
        var checkpointPath = Path.Combine(checkpointFolder, options.Extend ? TrainingRun.StableFile : TrainingRun.CheckpointFile);
        var goesOn = options.Resume || options.Extend;
        CheckCheckpoint(options, checkpointPath);

        var initial = options.InitialModel is { } modelFolder ? new ModelImporter(modelFolder) : null;
        if (initial is not null)
            recipe = options.Grow ? recipe.Growing() : TrainingRecipe.FineTuning(initial.Config);
        void Note(string text) => progress?.Report(new TrainingProgress(TrainingStage.Preparing) { Note = text });
        var started = TimeProvider.System.GetTimestamp();
        var kinds = options.ValidationFolders.Select(folder => (Name: new DataFolder(folder).ToString(), Documents: TextFolder.Read(folder, Note))).ToList();
        var data = new TrainingData(options.DataFolders, new Exclusions(options.Excluded, kinds.SelectMany(kind => kind.Documents)), Note);
        Note($"{data.Files} files, {data.Bytes} bytes");
        var identity = new RunIdentity(recipe, options.Seed, data.Fingerprint()) { InitialModel = initial?.Id.ToString() };
        using var outputLock = new OutputLock(checkpointFolder);
        CheckCheckpoint(options, checkpointPath); // another run may have ended since
        var checkpoint = goesOn ? Checkpoint.Load(checkpointPath) : null;
        checkpoint?.Require(identity, sameData: !options.Extend);
        var tokenizer = checkpoint?.Tokenizer ?? initial?.Tokenizer
            ?? data.LearnTokenizer(recipe.Config.VocabularySize, recipe.MaxTokenLength, cancellationToken);
        var corpus = data.Tokenize(tokenizer, options.Threads, cancellationToken);
        Note($"{tokenizer.VocabularySize} tokens in the vocabulary, {corpus.TextTokens} in the data, "
            + $"{corpus.BytesPerToken:F3} bytes a token");
        var heldOut = HeldOutText.Create(kinds, tokenizer, options.Threads, cancellationToken);

        using var run = new TrainingRun(options, identity, tokenizer, corpus, heldOut, checkpoint, initial, checkpointFolder, started, progress);
        return run.Train(cancellationToken);
    }

    private static void CheckCheckpoint(TrainingOptions options, string path)
    {
        var goesOn = options.Resume || options.Extend;
        if (goesOn && !File.Exists(path))
            throw new FileNotFoundException($"there is no checkpoint to {(options.Extend ? "extend" : "resume")}: '{path}' does not exist");
        if (!goesOn && !options.Overwrite && File.Exists(path))
            throw new IOException($"'{path}' already exists: resume it, or choose another output folder");
    }

    private static void Check(TrainingOptions options)
    {
        if (options.DataFolders.Count == 0)
            throw new ArgumentException("no data folder is given", nameof(options));
        if (options.DataFolders.FirstOrDefault(folder => folder.Weight is < DataFolder.MinWeight or > DataFolder.MaxWeight) is { } outside)
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"the weight {outside.Weight} of '{outside.Path}' is not from {DataFolder.MinWeight} to {DataFolder.MaxWeight}"), nameof(options));
        if (options.Steps is not null && options.Duration is not null)
            throw new ArgumentException("give either a number of steps or a duration", nameof(options));
        if (options.Steps is null && options.Duration is null && !options.Resume)
            throw new ArgumentException("give a number of steps or a duration", nameof(options));
        if (options.Grow && options.InitialModel is null)
            throw new ArgumentException("there is no initial model to grow", nameof(options));
        if (options.Resume && options.Extend)
            throw new ArgumentException("a run is either resumed or extended", nameof(options));
        if (options.Steps is < 1 || options.Duration is { Ticks: <= 0 })
            throw new ArgumentException("the number of steps or the duration must be positive", nameof(options));
        if (options.Threads < 1)
            throw new ArgumentException("at least one thread is needed", nameof(options));
    }
}

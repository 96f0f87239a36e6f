using Compressor.Symbols;
using Compressor.Training.Data;
using Compressor.Training.Export;
using Compressor.Training.Model;

namespace Compressor.Training;

/// <summary>One run's loop: steps, reports, checkpoints, and the exported model.</summary>
internal sealed class TrainingRun : IDisposable
{
    public const string CheckpointFile = "checkpoint.safetensors";

    /// <summary>The checkpoint from before the decay of the learning rate, from which a run can be made longer.</summary>
    public const string StableFile = "stable.safetensors";

    private const string LogFile = "loss.csv";

    /// <summary>Steps between reports.</summary>
    private const int ReportInterval = 10;

    private readonly TrainingOptions _options;
    private readonly RunIdentity _identity;
    private readonly Tokenizer _tokenizer;
    private readonly TokenMixture _corpus;
    private readonly IReadOnlyList<HeldOutText> _heldOut;
    private readonly string _folder;
    private readonly long _sessionStart;
    private readonly IProgress<TrainingProgress>? _progress;
    private readonly TrainableTransformer _model;
    private readonly Trainer _trainer;
    private readonly LossLog _log;
    private readonly long _firstStep;
    private RunState _state;
    private double _lastLoss;

    /// <param name="options">The options.</param>
    /// <param name="identity">What makes the run the run it is.</param>
    /// <param name="tokenizer">The tokenizer of the corpora.</param>
    /// <param name="corpus">What to train on.</param>
    /// <param name="heldOut">What to measure on; may be empty.</param>
    /// <param name="checkpoint">Where to go on from, or null.</param>
    /// <param name="initial">The model whose weights are the first, or null.</param>
    /// <param name="folder">Where checkpoints go.</param>
    /// <param name="sessionStart">Time stamp from which a duration counts.</param>
    /// <param name="progress">Is told how it goes.</param>
    /// <exception cref="InvalidDataException">The checkpoint does not fit.</exception>
    public TrainingRun(TrainingOptions options, RunIdentity identity, Tokenizer tokenizer, TokenMixture corpus, IReadOnlyList<HeldOutText> heldOut,
        Checkpoint? checkpoint, ModelImporter? initial, string folder, long sessionStart, IProgress<TrainingProgress>? progress)
    {
        _options = options;
        _identity = identity;
        _tokenizer = tokenizer;
        _corpus = corpus;
        _heldOut = heldOut;
        _folder = folder;
        _sessionStart = sessionStart;
        _progress = progress;
        _state = WithLength(checkpoint?.State ?? new RunState(), options, identity.Recipe);
        if (checkpoint is not null && checkpoint.Identity.DataFingerprint != identity.DataFingerprint)
            _state = _state with { OtherDataUntil = _state.Step };
        _firstStep = _state.Step;
        var recipe = identity.Recipe;
        torch.manual_seed(options.Seed);
        _model = new TrainableTransformer(recipe.Config with { VocabularySize = tokenizer.VocabularySize });
        _trainer = new Trainer(_model, recipe, new BatchSampler(corpus, recipe.Sequences, recipe.SequenceLength, (ulong)options.Seed), options.Threads);
        initial?.CopyTo(_model);
        checkpoint?.Restore(_model, _trainer.Optimizer);
        _log = checkpoint is null ? new LossLog() : LossLog.Load(Path.Combine(folder, LogFile), _firstStep);
    }

    /// <inheritdoc cref="TrainingSession.Run(TrainingOptions, IProgress{TrainingProgress}?, CancellationToken)"/>
    public bool Train(CancellationToken cancellationToken)
    {
        var secondsBefore = _state.Seconds;
        long start = Now, lastSave = start, lastReport = start;
        var preparation = Seconds(_sessionStart, start);
        double lossSum = 0;
        var losses = 0;
        while (_state.TotalSteps is not { } total || _state.Step < total)
        {
            if (cancellationToken.IsCancellationRequested)
            {
                Save(cancelled: true);
                return false;
            }

            if (_state.TotalSteps is { } length && _state.Step == _identity.Recipe.DecayStart(length))
                SaveCheckpoint(StableFile);
            lossSum += _trainer.Step(_state.Step, _state.TotalSteps);
            losses++;
            _state = _state with { Step = _state.Step + 1, Seconds = secondsBefore + Seconds(start, Now) };
            if (_state.TotalSteps is null && _state.Seconds >= (1 - _identity.Recipe.DecayPart) * (_state.PlannedSeconds - preparation))
                _state = _state with { TotalSteps = _identity.Recipe.TotalForDecayAt(_state.Step) };
            if (_state.Step % ReportInterval == 0 || _state.Step == _state.TotalSteps)
            {
                _lastLoss = lossSum / losses;
                Report(losses, Seconds(lastReport, Now));
                (lossSum, losses, lastReport) = (0, 0, Now);
            }

            if (Seconds(lastSave, Now) >= _options.CheckpointInterval.TotalSeconds && _state.Step != _state.TotalSteps)
            {
                var before = Now;
                Save(cancelled: false);
                lastSave = Now;
                lastReport += lastSave - before; // saving does not count as slow steps
            }
        }

        Save(cancelled: false);
        return true;
    }

    public void Dispose()
    {
        _trainer.Dispose();
        _model.Dispose();
    }

    private static long Now => TimeProvider.System.GetTimestamp();

    private double BitsPerByte => _lastLoss * Trainer.BitsPerNat / _corpus.BytesPerToken;

    private static double Seconds(long from, long to) => TimeProvider.System.GetElapsedTime(from, to).TotalSeconds;

    /// <summary>The state with the length that the options ask for, if they ask for one.</summary>
    /// <exception cref="InvalidDataException">It is too late for that: the learning rate has begun to fall, or would have.</exception>
    private static RunState WithLength(RunState state, TrainingOptions options, TrainingRecipe recipe)
    {
        var decays = state.TotalSteps is { } total && state.Step > recipe.DecayStart(total);
        if (options.Steps is { } steps && steps != state.TotalSteps)
        {
            if (decays)
                throw new InvalidDataException($"the checkpoint's run has {state.TotalSteps} steps, not {steps}, and its learning rate "
                    + "has begun to fall; extend it instead, from before that");
            if (state.Step > recipe.DecayStart(steps))
                throw new InvalidDataException($"the checkpoint is at step {state.Step}, which is past the constant part of a run of {steps} steps");
            return state with { TotalSteps = steps, PlannedSeconds = null };
        }

        return options.Duration is { } duration && !decays
            ? state with { TotalSteps = null, PlannedSeconds = duration.TotalSeconds }
            : state;
    }

    private void Report(int steps, double seconds)
    {
        var rate = _identity.Recipe.LearningRateAt(_state.Step - 1, _state.TotalSteps);
        _log.Add(_state.Step, _lastLoss, BitsPerByte, rate, _state.Seconds, null);
        _progress?.Report(Progress(TrainingStage.Training) with
        {
            TokensPerSecond = steps * _identity.Recipe.TokensPerStep / seconds,
            Remaining = _state.TotalSteps is { } total ? TimeSpan.FromSeconds((total - _state.Step) * seconds / steps)
                : _state.PlannedSeconds is { } planned ? TimeSpan.FromSeconds(Math.Max(0, planned - _state.Seconds)) : null,
        });
    }

    private TrainingProgress Progress(TrainingStage stage) => new(stage)
    {
        Step = _state.Step,
        TotalSteps = _state.TotalSteps,
        Loss = _lastLoss,
        BitsPerByte = BitsPerByte,
    };

    /// <summary>Writes the checkpoint first: measuring and exporting can be done again from it.</summary>
    private void Save(bool cancelled)
    {
        SaveCheckpoint(CheckpointFile);
        var costs = cancelled ? [] : Measure(corpus => _trainer.Measure(corpus, exact: _state.Step == _state.TotalSteps));
        double? validation = costs.Length == 0 ? null : HeldOutCost.Of(costs);
        if (validation is not null)
            _log.Add(_state.Step, _lastLoss, BitsPerByte, _identity.Recipe.LearningRateAt(_state.Step - 1, _state.TotalSteps), _state.Seconds, validation);
        AtomicFile.Write(Path.Combine(_folder, LogFile), _log.Save);
        var card = Card(costs);
        ModelExporter.Export(_options.OutputFolder, _model, _tokenizer, card, _log);
        if (costs.Length > 0 && _state.Step == _state.TotalSteps)
            ModelExporter.Describe(_options.OutputFolder, card with { Exported = Measure(CostOfExport) });
        _progress?.Report(Progress(TrainingStage.Saved) with { ValidationBitsPerByte = validation });
    }

    private HeldOutCost[] Measure(Func<TokenCorpus, double> bitsPerByte) =>
        [.. _heldOut.Select(text => new HeldOutCost(text.Name, text.Corpus.ByteCount, bitsPerByte(text.Corpus)))];

    private double CostOfExport(TokenCorpus corpus) => ExportedCost.BitsPerByte(
        LanguageModel.Load(_options.OutputFolder), corpus, _identity.Recipe.SequenceLength, _options.Threads);

    private void SaveCheckpoint(string file) =>
        Checkpoint.Save(Path.Combine(_folder, file), _identity, _state, _tokenizer, _model, _trainer.Optimizer);

    private ModelCard Card(IReadOnlyList<HeldOutCost> heldOut) => new()
    {
        Name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(_options.OutputFolder))),
        Config = _model.Config,
        Recipe = _identity.Recipe,
        Data = [.. _options.DataFolders.Select(folder => folder.ToString())],
        DataBytes = _corpus.ByteCount,
        DataTokens = _corpus.TextTokens,
        InitialModel = _identity.InitialModel,
        State = _state,
        Seed = _options.Seed,
        Loss = _lastLoss,
        BitsPerByte = BitsPerByte,
        HeldOut = heldOut,
    };
}

using System.Text;
using System.Text.Json;
using Compressor.Prediction.Networks;
using Compressor.Symbols;
using Compressor.Training.Model;
using Compressor.Training.Optimisation;

namespace Compressor.Training;

/// <summary>What must be the same for a run to go on as if it had never stopped.</summary>
/// <param name="Recipe">Shape and recipe, as asked for.</param>
/// <param name="Seed">The seed.</param>
/// <param name="DataFingerprint">SHA-256 over the training text.</param>
internal sealed record RunIdentity(TrainingRecipe Recipe, long Seed, string DataFingerprint)
{
    /// <summary>The id of the model that the run started from; null if it started from random weights.</summary>
    public string? InitialModel { get; init; }
}

/// <summary>How far a run has come.</summary>
internal sealed record RunState
{
    /// <summary>Optimiser steps taken; also the position in the data.</summary>
    public long Step { get; init; }

    /// <summary>Steps to take in all; null in a timed run until its decay starts.</summary>
    public long? TotalSteps { get; init; }

    /// <summary>Seconds that a timed run was asked to take; null in a run of a given number of steps.</summary>
    public double? PlannedSeconds { get; init; }

    /// <summary>The last step that was taken on other data than the run has now; null if there was none.</summary>
    public long? OtherDataUntil { get; init; }

    /// <summary>Wall-clock time spent training so far, over all parts of the run.</summary>
    public double Seconds { get; init; }
}

/// <summary>
/// Everything a resumed run needs, in one file: weights and optimiser averages as float32 tensors, the rest as text in
/// the header. Written under another name and then renamed, so that a checkpoint is whole or not there.
/// </summary>
internal sealed class Checkpoint
{
    private const string StatePrefix = "optimizer.";

    private readonly SafetensorsFile _file;

    private Checkpoint(SafetensorsFile file, RunIdentity identity, RunState state, Tokenizer tokenizer)
    {
        _file = file;
        Identity = identity;
        State = state;
        Tokenizer = tokenizer;
    }

    public RunIdentity Identity { get; }

    public RunState State { get; }

    public Tokenizer Tokenizer { get; }

    public static void Save(string path, RunIdentity identity, RunState state, Tokenizer tokenizer, TrainableTransformer model, ModelOptimizer optimizer)
    {
        var file = new SafetensorsFile();
        file.Metadata["identity"] = JsonSerializer.Serialize(identity);
        file.Metadata["state"] = JsonSerializer.Serialize(state);
        using (var json = new MemoryStream())
        {
            TokenizerFile.Save(tokenizer, json);
            file.Metadata["tokenizer"] = Encoding.UTF8.GetString(json.ToArray());
        }

        foreach (var (name, parameter) in model.named_parameters())
            Add(file, name, parameter);
        foreach (var (name, tensor) in optimizer.States())
            Add(file, StatePrefix + name, tensor);

        AtomicFile.Write(path, file.Save);
    }

    /// <exception cref="InvalidDataException">The file is no checkpoint, or a damaged one.</exception>
    public static Checkpoint Load(string path)
    {
        var file = SafetensorsFile.Load(File.ReadAllBytes(path));
        try
        {
            using var json = new MemoryStream(Encoding.UTF8.GetBytes(file.Metadata["tokenizer"]));
            return new Checkpoint(file, Parse<RunIdentity>(file.Metadata["identity"]), Parse<RunState>(file.Metadata["state"]),
                TokenizerFile.Load(json));
        }
        catch (Exception e) when (e is KeyNotFoundException or JsonException)
        {
            throw new InvalidDataException($"'{path}' is not a training checkpoint: {e.Message}", e);
        }

        static T Parse<T>(string json) => JsonSerializer.Deserialize<T>(json) ?? throw new JsonException("null");
    }

    /// <summary>Checks that the checkpoint belongs to this run.</summary>
    /// <param name="identity">The run's.</param>
    /// <param name="sameData">Whether its data must be the same too.</param>
    /// <exception cref="InvalidDataException">It does not; says in what they differ.</exception>
    public void Require(RunIdentity identity, bool sameData)
    {
        if (Identity.Seed != identity.Seed)
            throw new InvalidDataException($"the checkpoint was made with seed {Identity.Seed}, not {identity.Seed}");
        if (Identity.Recipe != identity.Recipe)
            throw new InvalidDataException($"the checkpoint was made with another recipe: {Identity.Recipe}, not {identity.Recipe}");
        if (Identity.InitialModel != identity.InitialModel)
            throw new InvalidDataException("the checkpoint's run started from "
                + $"{Identity.InitialModel ?? "no model"}, not from {identity.InitialModel ?? "no model"}");
        if (sameData && Identity.DataFingerprint != identity.DataFingerprint)
            throw new InvalidDataException("the checkpoint was made with other data: the text of the data folders has changed");
    }

    /// <summary>Sets a model and its optimiser to the checkpoint's values.</summary>
    /// <exception cref="InvalidDataException">A tensor is missing or has another shape.</exception>
    public void Restore(TrainableTransformer model, ModelOptimizer optimizer)
    {
        foreach (var (name, parameter) in model.named_parameters())
            Copy(name, parameter);
        foreach (var (name, tensor) in optimizer.States())
            Copy(StatePrefix + name, tensor);
        optimizer.SetSteps(State.Step);
    }

    private void Copy(string name, Tensor target)
    {
        using var scope = torch.NewDisposeScope();
        using var noGradient = torch.no_grad();
        var values = _file.Get(name, ElementType.F32, target.shape).Floats.ToArray();
        target.copy_(torch.tensor(values).view(target.shape));
    }

    private static void Add(SafetensorsFile file, string name, Tensor tensor) =>
        file.Add(name, tensor.cpu().data<float>().ToArray(), tensor.shape);
}

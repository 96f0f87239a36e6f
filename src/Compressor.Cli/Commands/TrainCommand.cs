using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Compressor.Cli.Files;
using Compressor.Cli.Models;

namespace Compressor.Cli.Commands;

/// <summary><c>compressor train</c>: its words. What trains is in the trainer (<see cref="Torch.ITorch"/>).</summary>
internal sealed class TrainCommand : ToolCommand
{
    private static readonly TimeSpan DefaultDuration = TimeSpan.FromMinutes(10);

    private readonly Option<string?> _output = CommonOptions.OneValue(
        "--out", null, "DIR", "The model's folder; if not given, the name of the first data folder with -model after it, here.");

    private readonly Option<double?> _minutes = new("--minutes")
    {
        HelpName = "M",
        Description = "How long to train, about; 10 if neither this nor --steps is given.",
        CustomParser = result => ParsePositive(result, "--minutes"),
    };

    private readonly Option<double?> _checkpointMinutes = new("--checkpoint-minutes")
    {
        HelpName = "M",
        Description = "Write a checkpoint every M minutes; 5 if not given. What a killed run has done since its last one is done again.",
        CustomParser = result => ParsePositive(result, "--checkpoint-minutes"),
    };

    public TrainCommand(ToolContext context)
        : base("train", "Trains a model on folders of text. Ctrl-C saves a checkpoint and stops; --resume goes on from it.")
    {
        Steps.DefaultValueFactory = null;
        foreach (var option in (ReadOnlySpan<Option>)[Data, _output, Preset, Initial, _minutes, Steps, _checkpointMinutes, Validation, Exclude, Threads, Device, Seed, Resume, Extend, Force, Quiet])
            Add(option);
        Validators.Add(result =>
        {
            if (result.GetResult(_minutes) is not null && result.GetResult(Steps) is not null)
                result.AddError("give --minutes or --steps, one of them");
            if (result.GetValue(Resume) && result.GetValue(Extend))
                result.AddError("give --resume or --extend, one of them");
        });
        SetAction(result => Run(context, result));
    }

    public override string Examples => """
        compressor train --data texts
        compressor compress -m texts-model notes.md
        compressor train --data texts --init en-fast --out my-model --minutes 30
        compressor train --data texts --init en-fast --out my-model --resume
        """;

    public Option<WeightedFolder[]> Data { get; } = new("--data")
    {
        HelpName = "DIR[=W]",
        Description = "Train on the text files in this folder and those in it, and see each W times as often (0.01 to 100) as those of a folder without a weight. Can be repeated.",
        Required = true,
        CustomParser = ParseFolders,
    };

    public Option<string> Preset { get; } = new("--preset")
    {
        HelpName = "NAME",
        Description = "The model's shape and recipe (docs/training.md lists them).",
        DefaultValueFactory = _ => ModelCatalog.DefaultName,
    };

    public Option<string?> Initial { get; } = CommonOptions.OneValue(
        "--init", null, "MODEL", "Start from this model (a folder, or the name of an installed one); with --preset, make it larger.");

    public Option<int> Steps { get; } = CommonOptions.Number("--steps", null, "N", "Or: how many steps to train.", 1, int.MaxValue, 0);

    public Option<string[]> Validation { get; } = new("--valid")
    {
        HelpName = "DIR",
        Description = "Measure on this text; it is not trained on. Can be repeated: each folder is measured by itself too.",
    };

    public Option<string?> Exclude { get; } = CommonOptions.OneValue(
        "--exclude", null, "FILE", "Do not train on files whose path contains a name of this list, one a line.");

    public Option<int> Threads { get; } = CommonOptions.Number(
        "--threads", "-T", "N", "Use N threads; 0 for all cores. Another number gives another model, as good.", 0, CommonOptions.MaxThreads, 0);

    public Option<string> Device { get; } = CommonOptions.Device("Where to train; auto is cuda if libtorch has it.");

    public Option<int> Seed { get; } = CommonOptions.Number("--seed", null, "N", "Decides the first weights and the order of the data.", 0, int.MaxValue, 1);

    public Option<bool> Resume { get; } = CommonOptions.Flag("--resume", null, "Go on from the checkpoint in the model's folder.");

    public Option<bool> Extend { get; } = CommonOptions.Flag("--extend", null, "Make a run longer, from before its learning rate began to fall; the data may be another.");

    public Option<bool> Force { get; } = CommonOptions.Flag("--force", "-f", "Overwrite a model that is in the folder.");

    public Option<bool> Quiet { get; } = CommonOptions.Flag("--quiet", "-q", "Show no progress, only errors.");

    /// <summary>Where the model goes.</summary>
    public string OutputFolderOf(ParseResult result) => result.GetValue(_output) ?? DefaultOutput(result.GetRequiredValue(Data)[0].Path);

    /// <summary>The time between checkpoints; null for the usual.</summary>
    public TimeSpan? CheckpointIntervalOf(ParseResult result) =>
        result.GetValue(_checkpointMinutes) is { } minutes ? TimeSpan.FromMinutes(minutes) : null;

    /// <summary>How long to train; null if the steps are given, or are those of the run that is resumed.</summary>
    public TimeSpan? DurationOf(ParseResult result) =>
        result.GetValue(_minutes) is { } minutes ? TimeSpan.FromMinutes(minutes)
        : result.GetResult(Steps) is null && !result.GetValue(Resume) ? DefaultDuration : null;

    private static string DefaultOutput(string dataFolder) =>
        Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(dataFolder))) + "-model";

    private int Run(ToolContext context, ParseResult result)
    {
        var output = OutputFolderOf(result);
        if (!result.GetValue(Resume) && !result.GetValue(Extend) && !result.GetValue(Force) && ModelCatalog.IsModel(output))
            throw new IOException($"'{output}' already holds a model: use -f to overwrite it, or --resume to go on training it");
        ProtectedFile.Refuse(output, [
            .. result.GetRequiredValue(Data).Select(folder => new ProtectedFile(folder.Path, "a data folder")),
            .. (result.GetValue(Validation) ?? []).Select(folder => new ProtectedFile(folder, "the folder to measure on")),
            .. result.GetValue(Initial) is { } initial ? [new ProtectedFile(initial, "the model to start from")] : (ProtectedFile[])[],
        ]);
        return context.Torch!.Train(this, result, context);
    }

    private static WeightedFolder[] ParseFolders(ArgumentResult result)
    {
        try
        {
            return [.. result.Tokens.Select(token => WeightedFolder.Parse(token.Value))];
        }
        catch (FormatException e)
        {
            result.AddError($"--data: {e.Message}");
            return [];
        }
    }

    private static double? ParsePositive(ArgumentResult result, string name)
    {
        var text = result.Tokens[0].Value;
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value is > 0 and < 1e6)
            return value;
        result.AddError($"{name} must be a number above 0, not '{text}'");
        return null;
    }
}

using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Compressor.Cli.Models;
using Compressor.Cli.Terminal;
using Compressor.Training;

namespace Compressor.Cli.Commands;

/// <summary><c>compressor train</c>.</summary>
internal sealed class TrainCommand : ToolCommand
{
    private static readonly TimeSpan DefaultDuration = TimeSpan.FromMinutes(10);

    private readonly Option<DataFolder[]> _data = new("--data")
    {
        HelpName = "DIR[=W]",
        Description = "Train on the text files in this folder and those in it, and see each W times as often (0.01 to 100) as those of a folder without a weight. Can be repeated.",
        Required = true,
        CustomParser = ParseFolders,
    };

    private readonly Option<string?> _output = CommonOptions.OneValue(
        "--out", null, "DIR", "The model's folder; if not given, the name of the first data folder with -model after it, here.");

    private readonly Option<string> _preset = new("--preset")
    {
        HelpName = "NAME",
        Description = $"The model's shape: {string.Join(", ", TrainingSession.Presets)}.",
        DefaultValueFactory = _ => ModelCatalog.DefaultName,
    };

    private readonly Option<string?> _initial = CommonOptions.OneValue(
        "--init", null, "MODEL", "Start from this model (a folder, or the name of an installed one); with --preset, make it larger.");

    private readonly Option<double?> _minutes = new("--minutes")
    {
        HelpName = "M",
        Description = "How long to train, about; 10 if neither this nor --steps is given.",
        CustomParser = result => ParsePositive(result, "--minutes"),
    };

    private readonly Option<int> _steps = CommonOptions.Number("--steps", null, "N", "Or: how many steps to train.", 1, int.MaxValue, 0);
    private readonly Option<string[]> _validation = new("--valid")
    {
        HelpName = "DIR",
        Description = "Measure on this text; it is not trained on. Can be repeated: each folder is measured by itself too.",
    };

    private readonly Option<string?> _exclude = CommonOptions.OneValue(
        "--exclude", null, "FILE", "Do not train on files whose path contains a name of this list, one a line.");

    private readonly Option<int> _threads = CommonOptions.Threads();
    private readonly Option<int> _seed = CommonOptions.Number("--seed", null, "N", "Decides the first weights and the order of the data.", 0, int.MaxValue, 1);
    private readonly Option<bool> _resume = CommonOptions.Flag("--resume", null, "Go on from the checkpoint in the model's folder.");
    private readonly Option<bool> _extend = CommonOptions.Flag("--extend", null, "Make a run longer, from before its learning rate began to fall; the data may be another.");
    private readonly Option<bool> _force = CommonOptions.Flag("--force", "-f", "Overwrite a model that is in the folder.");
    private readonly Option<bool> _quiet = CommonOptions.Flag("--quiet", "-q", "Show no progress, only errors.");

    public TrainCommand(ToolContext context)
        : base("train", "Trains a model on folders of text. Ctrl-C saves a checkpoint and stops; --resume goes on from it.")
    {
        _steps.DefaultValueFactory = null;
        _preset.Validators.Add(result =>
        {
            var name = result.Tokens is [var token] ? token.Value : ModelCatalog.DefaultName;
            if (!TrainingSession.Presets.Contains(name))
                result.AddError($"there is no preset '{name}'; there are {string.Join(", ", TrainingSession.Presets)}");
        });
        foreach (var option in (ReadOnlySpan<Option>)[_data, _output, _preset, _initial, _minutes, _steps, _validation, _exclude, _threads, _seed, _resume, _extend, _force, _quiet])
            Add(option);
        Validators.Add(result =>
        {
            if (result.GetResult(_minutes) is not null && result.GetResult(_steps) is not null)
                result.AddError("give --minutes or --steps, one of them");
            if (result.GetValue(_resume) && result.GetValue(_extend))
                result.AddError("give --resume or --extend, one of them");
        });
        SetAction(result => Run(context, OptionsOf(context, result), result.GetValue(_quiet)));
    }

    public override string Examples => """
        compressor train --data texts
        compressor compress -m texts-model notes.md
        compressor train --data texts --init en-fast --out my-model --minutes 30
        compressor train --data texts --init en-fast --out my-model --resume
        """;

    private TrainingOptions OptionsOf(ToolContext context, ParseResult result) => new()
    {
        DataFolders = result.GetRequiredValue(_data),
        OutputFolder = result.GetValue(_output) ?? DefaultOutput(result.GetRequiredValue(_data)[0].Path),
        Preset = result.GetRequiredValue(_preset),
        InitialModel = result.GetValue(_initial) is { } initial ? context.Models.Find(initial) : null,
        Grow = result.GetResult(_initial) is not null && result.GetResult(_preset) is { Implicit: false },
        Duration = result.GetValue(_minutes) is { } minutes ? TimeSpan.FromMinutes(minutes)
            : result.GetResult(_steps) is null && !result.GetValue(_resume) ? DefaultDuration : null,
        Steps = result.GetResult(_steps) is null ? null : result.GetValue(_steps),
        ValidationFolders = result.GetValue(_validation) ?? [],
        Excluded = result.GetValue(_exclude) is { } list ? TrainingSession.ReadNames(list) : [],
        Threads = result.GetValue(_threads) is var threads and not 0 ? threads : Environment.ProcessorCount,
        Seed = result.GetValue(_seed),
        Resume = result.GetValue(_resume),
        Extend = result.GetValue(_extend),
        Overwrite = result.GetValue(_force),
    };

    private static string DefaultOutput(string dataFolder) =>
        Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(dataFolder))) + "-model";

    private static int Run(ToolContext context, TrainingOptions options, bool quiet)
    {
        if (!options.Resume && !options.Extend && !options.Overwrite && ModelCatalog.IsModel(options.OutputFolder))
            throw new IOException($"'{options.OutputFolder}' already holds a model: use -f to overwrite it, or --resume to go on training it");
        context.Interruption.WaitsForWork = true; // until the checkpoint is written
        using var notice = context.Interruption.Token.Register(() => context.Streams.Error.WriteLine(
            "compressor: stopping after a last checkpoint; again to stop at once"));
        var report = new TrainingReport(context.Streams.Error, quiet, context.Time);
        try
        {
            if (TrainingSession.Run(options, report, context.Interruption.Token))
                return 0;
        }
        catch (ArithmeticException e)
        {
            context.Errors.Add(ErrorReport.ReasonOf(e));
            return Tool.Failure;
        }

        context.Streams.Error.WriteLine(
            $"compressor: stopped at step {report.Step.ToString(CultureInfo.InvariantCulture)}; the same command with --resume goes on from there");
        return context.Interruption.ExitCode;
    }

    private static DataFolder[] ParseFolders(ArgumentResult result)
    {
        try
        {
            return [.. result.Tokens.Select(token => DataFolder.Parse(token.Value))];
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

using System.CommandLine;
using System.Globalization;
using Compressor.Cli;
using Compressor.Cli.Commands;
using Compressor.Cli.Terminal;
using Compressor.Cli.Torch;
using Compressor.Training;
using Compressor.Training.Inference;

namespace Compressor.Trainer;

/// <summary>Training and the second engine, by TorchSharp.</summary>
internal sealed class LinkedTorch : ITorch
{
    public LanguageModel Load(string folder, int threads, string device) => TorchEngine.Load(folder, threads, Device(device));

    public int Train(TrainCommand command, ParseResult result, ToolContext context)
    {
        var options = OptionsOf(command, result, context);
        if (!TrainingSession.Presets.Contains(options.Preset))
            throw new InvalidDataException($"there is no preset '{options.Preset}'; there are {string.Join(", ", TrainingSession.Presets)}");
        context.Interruption.WaitsForWork = true; // until the checkpoint is written
        using var notice = context.Interruption.Token.Register(() => context.Streams.Error.WriteLine(
            "compressor: stopping after a last checkpoint; again to stop at once"));
        var report = new TrainingReport(context.Streams.Error, result.GetValue(command.Quiet), context.Time);
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

    private static TrainingOptions OptionsOf(TrainCommand command, ParseResult result, ToolContext context) => new()
    {
        DataFolders = [.. result.GetRequiredValue(command.Data).Select(folder => new DataFolder(folder.Path) { Weight = folder.Weight })],
        OutputFolder = command.OutputFolderOf(result),
        Preset = result.GetRequiredValue(command.Preset),
        InitialModel = result.GetValue(command.Initial) is { } initial ? context.Models.Find(initial) : null,
        Grow = result.GetResult(command.Initial) is not null && result.GetResult(command.Preset) is { Implicit: false },
        Duration = command.DurationOf(result),
        Steps = result.GetResult(command.Steps) is null ? null : result.GetValue(command.Steps),
        ValidationFolders = result.GetValue(command.Validation) ?? [],
        Excluded = result.GetValue(command.Exclude) is { } list ? TrainingSession.ReadNames(list) : [],
        Threads = result.GetValue(command.Threads) is var threads and not 0 ? threads : Environment.ProcessorCount,
        Device = Device(result.GetRequiredValue(command.Device)),
        Seed = result.GetValue(command.Seed),
        Resume = result.GetValue(command.Resume),
        Extend = result.GetValue(command.Extend),
        Overwrite = result.GetValue(command.Force),
        CheckpointInterval = command.CheckpointIntervalOf(result) ?? TrainingOptions.DefaultCheckpointInterval,
    };

    private static TorchDevice Device(string name) => Enum.Parse<TorchDevice>(name, ignoreCase: true);
}

using System.Globalization;
using Compressor.Cli.Terminal;
using Compressor.Training;

namespace Compressor.Trainer;

/// <summary>Tells how a training run goes: a line now and then, and one at each checkpoint.</summary>
internal sealed class TrainingReport(TextWriter messages, bool quiet, TimeProvider time) : IProgress<TrainingProgress>
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private long? _lastLine;

    /// <summary>The last step that was heard of.</summary>
    public long Step { get; private set; }

    public void Report(TrainingProgress value)
    {
        if (value.Stage != TrainingStage.Preparing)
            Step = value.Step;
        if (quiet || (value.Stage == TrainingStage.Training && value.Step != value.TotalSteps && !IsDue()))
            return;
        messages.WriteLine(Describe(value));
    }

    /// <summary>The line for a report.</summary>
    public static string Describe(TrainingProgress value)
    {
        var parts = new List<string>();
        if (value.Stage == TrainingStage.Preparing)
        {
            parts.Add(value.Note ?? "preparing");
        }
        else
        {
            parts.Add(value.TotalSteps is { } total ? Text($"step {value.Step}/{total}") : Text($"step {value.Step}"));
            parts.Add(Text($"loss {value.Loss:F4}"));
            parts.Add(Text($"{value.BitsPerByte:F4} bits/byte"));
            if (value.Stage == TrainingStage.Saved)
                parts.Add("saved");
            else
                parts.Add(Text($"{value.TokensPerSecond:F0} tokens/s"));
            if (value.ValidationBitsPerByte is { } validation)
                parts.Add(Text($"held-out {validation:F4} bits/byte"));
            if (value.Remaining is { } remaining)
                parts.Add($"ETA {ProgressLine.Clock(remaining)}");
        }

        return string.Join("  ", parts);
    }

    private bool IsDue()
    {
        if (_lastLine is { } last && time.GetElapsedTime(last) < Interval)
            return false;
        _lastLine = time.GetTimestamp();
        return true;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

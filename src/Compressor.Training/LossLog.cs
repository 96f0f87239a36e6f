using System.Globalization;
using System.Text;

namespace Compressor.Training;

/// <summary>The course of a run as CSV, one line per report; a resumed run continues it from the checkpoint's step.</summary>
internal sealed class LossLog
{
    private const string Header = "step,loss_nats,bits_per_byte,learning_rate,seconds,validation_bits_per_byte";
    private readonly List<Entry> _entries = [];

    /// <summary>A line: the loss since the line before, and the held-out loss where it was measured.</summary>
    internal readonly record struct Entry(long Step, double BitsPerByte, double? Validation, string Line);

    public IReadOnlyList<Entry> Entries => _entries;

    public void Add(long step, double loss, double bitsPerByte, double learningRate, double seconds, double? validation) =>
        _entries.Add(new Entry(step, bitsPerByte, validation, string.Create(CultureInfo.InvariantCulture,
            $"{step},{loss:F5},{bitsPerByte:F5},{learningRate:G6},{seconds:F1},{validation:F5}")));

    public void Save(Stream stream) =>
        stream.Write(Encoding.UTF8.GetBytes(string.Join('\n', [Header, .. _entries.Select(e => e.Line), ""])));

    /// <summary>Reads a log up to and including <paramref name="lastStep"/>; a missing file is an empty log.</summary>
    public static LossLog Load(string path, long lastStep)
    {
        var log = new LossLog();
        if (File.Exists(path))
            log._entries.AddRange(File.ReadLines(path).Skip(1).Select(Parse).OfType<Entry>().Where(e => e.Step <= lastStep));
        return log;
    }

    private static Entry? Parse(string line)
    {
        var fields = line.Split(',');
        return fields.Length == 6
            && long.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out var step)
            && double.TryParse(fields[2], CultureInfo.InvariantCulture, out var bitsPerByte)
            ? new Entry(step, bitsPerByte, double.TryParse(fields[5], CultureInfo.InvariantCulture, out var validation) ? validation : null, line)
            : null;
    }
}

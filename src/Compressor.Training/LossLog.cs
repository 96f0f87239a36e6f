using System.Globalization;
using System.Text;

namespace Compressor.Training;

/// <summary>The course of a run as CSV, one line per report; a resumed run continues it from the checkpoint's step.</summary>
internal sealed class LossLog
{
    private const string Header = "step,loss_nats,bits_per_byte,learning_rate,seconds,validation_bits_per_byte";
    private readonly List<string> _lines = [];

    public void Add(long step, double loss, double bitsPerByte, double learningRate, double seconds, double? validation) =>
        _lines.Add(string.Create(CultureInfo.InvariantCulture,
            $"{step},{loss:F5},{bitsPerByte:F5},{learningRate:G6},{seconds:F1},{validation:F5}"));

    public void Save(Stream stream) =>
        stream.Write(Encoding.UTF8.GetBytes(string.Join('\n', [Header, .. _lines, ""])));

    /// <summary>Reads a log up to and including <paramref name="lastStep"/>; a missing file is an empty log.</summary>
    public static LossLog Load(string path, long lastStep)
    {
        var log = new LossLog();
        if (File.Exists(path))
            log._lines.AddRange(File.ReadLines(path).Skip(1).Where(line => StepOf(line) <= lastStep));
        return log;
    }

    private static long StepOf(string line) =>
        long.TryParse(line.AsSpan(0, Math.Max(0, line.IndexOf(','))), NumberStyles.None, CultureInfo.InvariantCulture, out long step)
            ? step
            : long.MaxValue;
}

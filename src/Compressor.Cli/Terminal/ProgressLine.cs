using System.Globalization;

namespace Compressor.Cli.Terminal;

/// <summary>
/// One line on a terminal that shows how far the work is, redrawn in place a few times a second and cleared at the end.
/// Plain text: no colours, no control sequences but the carriage return.
/// </summary>
internal sealed class ProgressLine : IProgress<long>, IDisposable
{
    private const int Width = 79;
    private const int NameWidth = 30;
    private static readonly TimeSpan RedrawInterval = TimeSpan.FromMilliseconds(250);

    private readonly TextWriter _terminal;
    private readonly string _name;
    private readonly long? _total;
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly ITimer _timer;
    private readonly Lock _lock = new();
    private long _done;
    private int _shown; // characters on the terminal
    private bool _disposed;

    /// <param name="terminal">Where it is drawn.</param>
    /// <param name="name">What is worked on.</param>
    /// <param name="total">How many bytes there are, when that is known.</param>
    /// <param name="time">The clock.</param>
    public ProgressLine(TextWriter terminal, string name, long? total, TimeProvider time)
    {
        _terminal = terminal;
        _name = name.Length <= NameWidth ? name : $"…{name[^(NameWidth - 1)..]}";
        _total = total;
        _time = time;
        _start = time.GetTimestamp();
        _timer = time.CreateTimer(_ => Redraw(), null, RedrawInterval, RedrawInterval);
    }

    /// <summary>Says how many bytes are done. From any thread.</summary>
    public void Report(long value) => Interlocked.Exchange(ref _done, value);

    public void Dispose()
    {
        _timer.Dispose();
        lock (_lock)
        {
            _disposed = true; // a redraw may still be under way
            Show("");
            if (_shown > 0)
                _terminal.Write('\r');
        }
    }

    /// <summary>What the line says after some time.</summary>
    public static string Describe(string name, long done, long? total, TimeSpan elapsed)
    {
        var parts = new List<string> { name };
        if (total > 0)
            parts.Add(Text($"{Math.Min(100, 100.0 * done / total.Value):F0}%"));
        parts.Add(total is null ? Text($"{done / 1e6:F1} MB") : Text($"{done / 1e6:F1} of {total / 1e6:F1} MB"));
        if (done > 0 && elapsed > TimeSpan.Zero)
        {
            var rate = done / elapsed.TotalSeconds;
            parts.Add(Text($"{rate / 1000:F0} KB/s"));
            if (total >= done)
                parts.Add($"ETA {Clock(TimeSpan.FromSeconds((total.Value - done) / rate))}");
        }
        else
        {
            parts.Add(Clock(elapsed));
        }

        return string.Join("  ", parts);
    }

    /// <summary>Minutes and seconds, and hours if there are any.</summary>
    public static string Clock(TimeSpan time) => time.TotalHours < 1
        ? Text($"{time.Minutes}:{time.Seconds:D2}")
        : Text($"{(long)time.TotalHours}:{time.Minutes:D2}:{time.Seconds:D2}");

    private void Redraw()
    {
        lock (_lock)
        {
            if (!_disposed)
                Show(Describe(_name, Interlocked.Read(ref _done), _total, _time.GetElapsedTime(_start)));
        }
    }

    private void Show(string line)
    {
        if (line.Length > Width)
            line = line[..Width];
        if (line.Length == 0 && _shown == 0)
            return;
        _terminal.Write('\r' + line.PadRight(_shown));
        _shown = Math.Max(_shown, line.Length);
        _terminal.Flush();
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

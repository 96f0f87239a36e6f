using System.Runtime.InteropServices;

namespace Compressor.Cli;

/// <summary>
/// Ends the tool's work when the user or the system asks for it. The first signal cancels <see cref="Token"/>; work that
/// then does not end soon (it may wait for a pipe), or a second signal, ends the process after <see cref="OnAbort"/>'s actions.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private const PosixSignal ProcessorTimeIsUp = (PosixSignal)24; // SIGXCPU; here and below the number that Linux and macOS give it
    private const PosixSignal FileIsTooLong = (PosixSignal)25; // SIGXFSZ

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _source = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly Lock _lock = new();
    private readonly List<Action> _abortActions = [];
    private PosixSignal? _signal;

    /// <summary>Listens to the signals of this process.</summary>
    public static Interruption OfProcess()
    {
        var interruption = new Interruption();
        foreach (var signal in (ReadOnlySpan<PosixSignal>)[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT])
            interruption.Listen(signal, interruption.Handle);
        if (OperatingSystem.IsLinux() || OperatingSystem.IsMacOS())
        {
            interruption.Listen(ProcessorTimeIsUp, interruption.Handle);
            interruption.Listen(FileIsTooLong, context => context.Cancel = true); // the write that goes too far fails, which says it all
        }

        return interruption;
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Whether the work may take its time to end after the first signal, as saving a checkpoint does.</summary>
    public bool WaitsForWork { get; set; }

    /// <summary>128 and the signal's number, as shells count.</summary>
    public int ExitCode => 128 + _signal switch
    {
        PosixSignal.SIGTERM => 15,
        PosixSignal.SIGHUP => 1,
        PosixSignal.SIGQUIT => 3,
        ProcessorTimeIsUp => 24,
        _ => 2,
    };

    /// <summary>Has an action run should the process be ended before the work is; until disposed.</summary>
    public IDisposable OnAbort(Action action)
    {
        lock (_lock)
            _abortActions.Add(action);
        return new AbortAction(this, action);
    }

    public void Dispose()
    {
        _registrations.ForEach(registration => registration.Dispose());
        _source.Dispose();
    }

    private void Listen(PosixSignal signal, Action<PosixSignalContext> handler) =>
        _registrations.Add(PosixSignalRegistration.Create(signal, handler));

    private void Handle(PosixSignalContext context)
    {
        context.Cancel = true; // of what the system would do: end the process at once
        lock (_lock)
        {
            if (_signal is not null)
                Abort();
            _signal = context.Signal;
        }

        _source.Cancel();
        if (WaitsForWork)
            return;
        Thread.Sleep(Grace);
        lock (_lock)
            Abort();
    }

    private void Abort()
    {
        _abortActions.ForEach(action => action());
        Environment.Exit(ExitCode);
    }

    private sealed class AbortAction(Interruption interruption, Action action) : IDisposable
    {
        public void Dispose()
        {
            lock (interruption._lock)
                interruption._abortActions.Remove(action);
        }
    }
}

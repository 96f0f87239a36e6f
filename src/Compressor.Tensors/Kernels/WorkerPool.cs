using System.Runtime.ExceptionServices;

namespace Compressor.Tensors.Kernels;

/// <summary>
/// Persistent worker threads for the kernels. Items are handed out one by one, so the split follows the machine's load;
/// an item's result never depends on which thread runs it.
/// </summary>
internal static class WorkerPool
{
    // Long enough to bridge the gap between two kernels of a training step, short enough not to burn an idle core.
    private const int SpinRounds = 200;
    private const int SpinsPerRound = 20;

    private static readonly Lock StartGate = new();
    private static readonly object ParkGate = new();
    private static int _threads = Environment.ProcessorCount;
    private static int _started;
    private static int _busy;
    private static int _generation;
    private static int _parked;
    private static Job? _current;

    /// <summary>Threads that take part in <see cref="Run"/>, the caller included.</summary>
    public static int Threads
    {
        get => Volatile.Read(ref _threads);
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            Volatile.Write(ref _threads, value);
        }
    }

    /// <summary>Runs body(0) … body(items − 1), each once. A nested or concurrent call runs inline on its caller.</summary>
    public static void Run(int items, Action<int> body)
    {
        int threads = Math.Min(Threads, items);
        if (threads <= 1 || Interlocked.CompareExchange(ref _busy, 1, 0) != 0)
        {
            for (int i = 0; i < items; i++) body(i);
            return;
        }

        try
        {
            EnsureStarted(threads - 1);
            var job = new Job(body, items, threads - 1);
            Volatile.Write(ref _current, job);
            Interlocked.Increment(ref _generation);
            if (Volatile.Read(ref _parked) > 0)
            {
                lock (ParkGate) Monitor.PulseAll(ParkGate);
            }

            job.Work();
            job.Wait();
            Volatile.Write(ref _current, null);
            job.ThrowIfFailed();
        }
        finally
        {
            Volatile.Write(ref _busy, 0);
        }
    }

    /// <summary>Cuts [0, count) into contiguous ranges of at least <paramref name="grain"/> and runs body(start, end) over them.</summary>
    public static void RunRange(long count, long grain, Action<long, long> body)
    {
        long parts = Math.Min(Threads, count / Math.Max(1, grain));
        if (parts <= 1)
        {
            if (count > 0) body(0, count);
            return;
        }

        Run((int)parts, part => body(count * part / parts, count * (part + 1) / parts));
    }

    private static void EnsureStarted(int helpers)
    {
        if (Volatile.Read(ref _started) >= helpers) return;
        lock (StartGate)
        {
            while (_started < helpers)
            {
                var thread = new Thread(HelperLoop) { IsBackground = true, Name = $"Compressor worker {_started + 1}" };
                thread.Start();
                Volatile.Write(ref _started, _started + 1);
            }
        }
    }

    private static void HelperLoop()
    {
        int seen = 0;
        while (true)
        {
            seen = AwaitChange(seen);
            if (Volatile.Read(ref _current) is { } job && job.TakeSeat()) job.Work();
        }
    }

    private static int AwaitChange(int seen)
    {
        for (int round = 0; round < SpinRounds; round++)
        {
            int now = Volatile.Read(ref _generation);
            if (now != seen) return now;
            Thread.SpinWait(SpinsPerRound);
        }

        lock (ParkGate)
        {
            // Full fence before the re-check: either Run sees us parked, or we see its generation.
            Interlocked.Increment(ref _parked);
            while (Volatile.Read(ref _generation) == seen) Monitor.Wait(ParkGate);
            Interlocked.Decrement(ref _parked);
            return Volatile.Read(ref _generation);
        }
    }

    /// <summary>One call of Run. A helper that wakes late still holds its own job and finds no items left in it.</summary>
    private sealed class Job(Action<int> body, int items, int seats)
    {
        private readonly object _doneGate = new();
        private ExceptionDispatchInfo? _failure;
        private readonly int _items = items;
        private int _next = -1;
        private int _remaining = items;
        private int _seats = seats;

        public bool TakeSeat() => Interlocked.Decrement(ref _seats) >= 0;

        public void Work()
        {
            for (int item = Interlocked.Increment(ref _next); item < _items; item = Interlocked.Increment(ref _next))
            {
                try
                {
                    body(item);
                }
#pragma warning disable CA1031 // whatever an item throws is rethrown on the thread that called Run
                catch (Exception failure)
#pragma warning restore CA1031
                {
                    Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(failure), null);
                }

                if (Interlocked.Decrement(ref _remaining) == 0)
                {
                    lock (_doneGate) Monitor.PulseAll(_doneGate);
                }
            }
        }

        public void Wait()
        {
            for (int round = 0; round < SpinRounds; round++)
            {
                if (Volatile.Read(ref _remaining) == 0) return;
                Thread.SpinWait(SpinsPerRound);
            }

            lock (_doneGate)
            {
                while (Volatile.Read(ref _remaining) != 0) Monitor.Wait(_doneGate);
            }
        }

        public void ThrowIfFailed() => _failure?.Throw();
    }
}

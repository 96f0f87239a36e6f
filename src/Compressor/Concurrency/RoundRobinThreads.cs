using System.Runtime.ExceptionServices;

namespace Compressor.Concurrency;

/// <summary>
/// A team of threads that take turns: what a worker does between its turns overlaps with the others, what it does in its
/// turn happens in the team's order, round after round, and sees all that was done in the turns before.
/// </summary>
internal sealed class RoundRobinThreads
{
    /// <summary>
    /// A turn takes some microseconds, less than putting a waiting thread to sleep: so threads spin first, for about 30 microseconds. They never yield: on a
    /// busy machine that gives the core to another program for a whole time slice, while a thread that sleeps is back as soon as it is woken.
    /// </summary>
    private const int SpinsBeforeSleep = 40, SpinIterations = 20;

    private readonly object[] _gates; // one for each worker, which sleeps there: a turn that is passed on wakes nobody else
    private readonly int _workers;
    private long _turn; // turns that have been passed on
    private volatile bool _stopped;
    private ExceptionDispatchInfo? _error;

    private RoundRobinThreads(int workers)
    {
        _workers = workers;
        _gates = [.. Enumerable.Range(0, workers).Select(_ => new object())];
    }

    /// <summary>Runs a team until all its workers have returned. One worker is the calling thread.</summary>
    /// <param name="workers">The number of workers, at least 1.</param>
    /// <param name="work">What each does. When it fails, the others' next turns do not come, and the error is thrown here.</param>
    public static void Run(int workers, Action<Worker> work)
    {
        var order = new RoundRobinThreads(workers);
        var others = new Task[workers - 1];
        for (var i = 1; i < workers; i++)
        {
            var worker = new Worker(order, i);
            others[i - 1] = Task.Factory.StartNew(
                () => order.Work(worker, work), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }

        order.Work(new Worker(order, 0), work);
        Task.WaitAll(others);
        order._error?.Throw();
    }

    private void Work(Worker worker, Action<Worker> work)
    {
        try
        {
            work(worker);
        }
        catch (Exception e)
        {
            Interlocked.CompareExchange(ref _error, ExceptionDispatchInfo.Capture(e), null);
            _stopped = true;
            foreach (var gate in _gates)
                Wake(gate);
        }
    }

    private bool Await(int worker, long turn)
    {
        for (var spins = 0; spins < SpinsBeforeSleep; spins++)
        {
            if (Volatile.Read(ref _turn) == turn)
                return true;
            Thread.SpinWait(SpinIterations);
        }

        lock (_gates[worker])
        {
            while (Volatile.Read(ref _turn) != turn && !_stopped)
                Monitor.Wait(_gates[worker]);
            return Volatile.Read(ref _turn) == turn;
        }
    }

    private void Pass(int worker)
    {
        Volatile.Write(ref _turn, _turn + 1);
        Wake(_gates[(worker + 1) % _workers]);
    }

    private static void Wake(object gate)
    {
        lock (gate)
            Monitor.Pulse(gate);
    }

    /// <summary>A thread's place in the team.</summary>
    /// <param name="order">The team.</param>
    /// <param name="index">From 0 to workers − 1, in the order of turns.</param>
    public sealed class Worker(RoundRobinThreads order, int index)
    {
        private long _next = index;

        /// <summary>From 0 to workers − 1, in the order of turns.</summary>
        public int Index => index;

        /// <summary>Waits for this worker's next turn; false if it will not come because another worker has failed.</summary>
        public bool AwaitTurn() => order.Await(index, _next);

        /// <summary>Ends the turn: it is the next worker's.</summary>
        public void PassTurn()
        {
            _next += order._workers;
            order.Pass(index);
        }
    }
}

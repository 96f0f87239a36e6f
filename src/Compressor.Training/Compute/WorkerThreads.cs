using System.Runtime.ExceptionServices;

namespace Compressor.Training.Compute;

/// <summary>
/// Threads that each run libtorch by themselves. One operation shared by libtorch's own threads waits for the slowest of them some
/// hundred times a step; here each thread computes another part of a batch, or another matrix, and they meet a few times a step.
/// They wait without spinning, so other programs on the same cores slow them down by no more than the time that they take.
/// </summary>
internal sealed class WorkerThreads : IDisposable
{
    private const int StackSize = 16 << 20;

    private readonly Barrier _start, _end;
    private readonly Thread[] _threads;
    private Action<int>? _job;
    private ExceptionDispatchInfo? _failure;

    /// <param name="count">How many workers.</param>
    /// <param name="threadsOfEach">Threads of libtorch for the operations of each.</param>
    public WorkerThreads(int count, int threadsOfEach)
    {
        _start = new Barrier(count + 1);
        _end = new Barrier(count + 1);
        _threads = [.. Enumerable.Range(0, count).Select(i => new Thread(() => Work(i, threadsOfEach), StackSize) { IsBackground = true, Name = $"worker {i}" })];
        Array.ForEach(_threads, thread => thread.Start());
    }

    /// <summary>How many workers.</summary>
    public int Count => _threads.Length;

    /// <summary>
    /// Runs <paramref name="body"/>(0) … body(<see cref="Count"/> − 1), each on its worker, without gradient history and in a dispose
    /// scope of its own. Throws what one of them threw.
    /// </summary>
    public void Run(Action<int> body)
    {
        _job = body;
        _start.SignalAndWait();
        _end.SignalAndWait();
        if (Interlocked.Exchange(ref _failure, null) is { } failure)
            failure.Throw();
    }

    /// <summary>Runs <paramref name="body"/>(0) … body(count − 1), which worker takes which being fixed.</summary>
    public void ForEach(int count, Action<int> body) => Run(worker =>
    {
        for (var i = worker; i < count; i += Count)
            body(i);
    });

    public void Dispose()
    {
        _job = null;
        _start.SignalAndWait();
        Array.ForEach(_threads, thread => thread.Join());
        _start.Dispose();
        _end.Dispose();
    }

    private void Work(int worker, int threads)
    {
        torch.set_num_threads(threads);
        using var noGradient = torch.no_grad();
        while (true)
        {
            _start.SignalAndWait();
            if (_job is not { } job)
                return;
            try
            {
                using var scope = torch.NewDisposeScope();
                job(worker);
            }
            catch (Exception e)
            {
                Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(e), null);
            }

            _end.SignalAndWait();
        }
    }
}

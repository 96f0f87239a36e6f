using System.Runtime.ExceptionServices;

namespace Compressor.Concurrency;

/// <summary>
/// Works on the items of a sequence with several threads and hands out the results in the order of the items. Reading
/// and handing out happen on the caller's thread; only a bounded number of items is under way.
/// </summary>
internal static class OrderedPipeline
{
    /// <summary>Enough that no thread waits while the oldest item takes long.</summary>
    private const int ItemsPerThread = 2;

    /// <param name="items">Read lazily. When it fails, the results of the items before are handed out first.</param>
    /// <param name="work">
    /// Run by several threads at once. The number that it is given says how many threads its own work may be spread over: more than one where there are
    /// fewer items than threads.
    /// </param>
    /// <param name="consume">Given each result.</param>
    /// <param name="threads">The number of threads, at least 1, which is the calling one.</param>
    /// <param name="cancellation">Stops the work.</param>
    public static void Run<TItem, TResult>(
        IEnumerable<TItem> items,
        Func<TItem, int, CancellationToken, TResult> work,
        Action<TResult> consume,
        int threads,
        CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        if (threads == 1)
        {
            foreach (var item in items)
            {
                cancellation.ThrowIfCancellationRequested();
                consume(work(item, 1, cancellation));
            }

            return;
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var waiting = new Queue<Task>(); // its own lock
        var isComplete = false;
        var underWay = new Queue<Task<TResult>>();
        var workers = new List<Task>();
        try
        {
            using var source = items.GetEnumerator();
            ExceptionDispatchInfo? sourceError = null;
            var more = true;

            // As many items as there are threads are read before the first is started: if that is all there are, they share the threads.
            var first = new List<TItem>();
            while (more && first.Count < threads)
            {
                more = MoveNext(source, out sourceError);
                if (more)
                    first.Add(source.Current);
            }

            foreach (var item in first)
                Start(item, more ? 1 : threads / first.Count);
            do
            {
                while (more && underWay.Count < threads * ItemsPerThread)
                {
                    more = MoveNext(source, out sourceError);
                    if (more)
                        Start(source.Current, 1);
                }

                if (underWay.TryDequeue(out var oldest))
                    consume(oldest.GetAwaiter().GetResult());
            }
            while (more || underWay.Count > 0);

            sourceError?.Throw();
        }
        finally
        {
            stop.Cancel();
            lock (waiting)
            {
                isComplete = true;
                Monitor.PulseAll(waiting);
            }

            Task.WaitAll(workers, CancellationToken.None); // they stop by themselves, soon
            foreach (var task in underWay)
                _ = task.Exception; // observed: another error is already on its way
        }

        void Start(TItem item, int share)
        {
            var task = new Task<TResult>(() =>
            {
                stop.Token.ThrowIfCancellationRequested();
                return work(item, share, stop.Token);
            });
            underWay.Enqueue(task);
            lock (waiting)
            {
                waiting.Enqueue(task);
                Monitor.Pulse(waiting);
            }

            if (workers.Count < threads)
                workers.Add(Task.Factory.StartNew(DoTasks, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));
        }

        void DoTasks()
        {
            while (true)
            {
                Task? task;
                lock (waiting)
                {
                    while (waiting.Count == 0 && !isComplete)
                        Monitor.Wait(waiting);
                    if (!waiting.TryDequeue(out task))
                        return;
                }

                task.RunSynchronously(TaskScheduler.Default); // keeps an exception for the caller
            }
        }
    }

    private static bool MoveNext<TItem>(IEnumerator<TItem> source, out ExceptionDispatchInfo? error)
    {
        error = null;
        try
        {
            return source.MoveNext();
        }
        catch (Exception e)
        {
            error = ExceptionDispatchInfo.Capture(e);
            return false;
        }
    }
}

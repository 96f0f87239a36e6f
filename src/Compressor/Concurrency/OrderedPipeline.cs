using System.Collections.Concurrent;
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
    /// <param name="work">Run by several threads at once.</param>
    /// <param name="consume">Given each result.</param>
    /// <param name="threads">The number of threads, at least 1.</param>
    /// <param name="cancellation">Stops the work.</param>
    public static void Run<TItem, TResult>(
        IEnumerable<TItem> items,
        Func<TItem, CancellationToken, TResult> work,
        Action<TResult> consume,
        int threads,
        CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var waiting = new BlockingCollection<Task>();
        var underWay = new Queue<Task<TResult>>();
        var workers = new List<Task>();
        try
        {
            using var source = items.GetEnumerator();
            ExceptionDispatchInfo? sourceError = null;
            var more = true;
            do
            {
                while (more && underWay.Count < threads * ItemsPerThread)
                {
                    more = MoveNext(source, out sourceError);
                    if (more)
                        Start(source.Current);
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
            waiting.CompleteAdding();
            Task.WaitAll(workers, CancellationToken.None); // they stop by themselves, soon
            foreach (var task in underWay)
                _ = task.Exception; // observed: another error is already on its way
        }

        void Start(TItem item)
        {
            var task = new Task<TResult>(() =>
            {
                stop.Token.ThrowIfCancellationRequested();
                return work(item, stop.Token);
            });
            underWay.Enqueue(task);
            waiting.Add(task, CancellationToken.None);
            if (workers.Count < threads)
                workers.Add(Task.Factory.StartNew(DoTasks, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));
        }

        void DoTasks()
        {
            foreach (var task in waiting.GetConsumingEnumerable(CancellationToken.None))
                task.RunSynchronously(TaskScheduler.Default); // keeps an exception for the caller
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

using Compressor.Tensors.Kernels;

namespace Compressor.Tensors.Tests;

public class KernelsWorkerPoolTests
{
    [Fact]
    public void RunsEveryItemOnceForAnyThreadCount()
    {
        foreach (int threads in new[] { 1, 2, 4 })
        {
            for (int items = 0; items < 40; items++)
            {
                int[] counts = new int[items];
                KernelThreads.With(threads, () => WorkerPool.Run(items, i => Interlocked.Increment(ref counts[i])));
                Assert.All(counts, count => Assert.Equal(1, count));
            }
        }
    }

    [Fact]
    public void ANestedRunCompletesInline()
    {
        int[] counts = new int[64];
        KernelThreads.With(2, () => WorkerPool.Run(8, i => WorkerPool.Run(8, j => Interlocked.Increment(ref counts[i * 8 + j]))));
        Assert.All(counts, count => Assert.Equal(1, count));
    }

    [Fact]
    public void AnExceptionReachesTheCallerAndThePoolStaysUsable()
    {
        KernelThreads.With(2, () =>
        {
            for (int round = 0; round < 20; round++)
            {
                var thrown = Assert.Throws<InvalidOperationException>(() => WorkerPool.Run(6, i =>
                {
                    if (i == 3) throw new InvalidOperationException("item 3");
                }));
                Assert.Equal("item 3", thrown.Message);
                int ran = 0;
                WorkerPool.Run(6, _ => Interlocked.Increment(ref ran));
                Assert.Equal(6, ran);
            }
        });
    }

    [Fact]
    public void ConcurrentCallersDoNotDisturbEachOther()
    {
        long[] sums = new long[4];
        var callers = new Thread[sums.Length];
        for (int caller = 0; caller < callers.Length; caller++)
        {
            int index = caller;
            callers[caller] = new Thread(() =>
            {
                for (int round = 0; round < 500; round++) WorkerPool.Run(5, i => Interlocked.Add(ref sums[index], i));
            });
            callers[caller].Start();
        }

        foreach (Thread thread in callers) thread.Join();
        Assert.All(sums, sum => Assert.Equal(5000, sum));
    }

    [Fact]
    public void RangesCoverTheWholeInOrderWithoutOverlap()
    {
        KernelThreads.With(3, () =>
        {
            foreach (long count in new long[] { 0, 1, 9, 10, 1000, 1001 })
            {
                int[] counts = new int[count];
                WorkerPool.RunRange(count, 10, (start, end) =>
                {
                    for (long i = start; i < end; i++) Interlocked.Increment(ref counts[i]);
                });
                Assert.All(counts, c => Assert.Equal(1, c));
            }
        });
    }
}

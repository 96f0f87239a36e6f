using Compressor.Concurrency;

namespace Compressor.Tests.Concurrency;

public class OrderedPipelineTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void ResultsComeInOrder(int threads)
    {
        var results = new List<int>();
        OrderedPipeline.Run(Enumerable.Range(0, 1000), (item, _, _) => Busy(item), results.Add, threads, CancellationToken.None);
        Assert.Equal(Enumerable.Range(0, 1000), results);
    }

    [Fact]
    public void ReadsNoFurtherAheadThanNeeded()
    {
        var read = 0;
        var consumed = 0;
        OrderedPipeline.Run(
            Enumerable.Range(0, 100).Select(item => ++read),
            (item, _, _) => item,
            item => Assert.InRange(read - consumed++, 0, 6),
            3,
            CancellationToken.None);
        Assert.Equal(100, consumed);
    }

    [Theory]
    [InlineData(1, 8, 8)]
    [InlineData(3, 8, 2)]
    [InlineData(8, 8, 1)]
    [InlineData(9, 8, 1)]
    [InlineData(1, 1, 1)]
    public void FewItemsShareTheThreads(int items, int threads, int expected) =>
        OrderedPipeline.Run(
            Enumerable.Range(0, items), (_, share, _) => share, share => Assert.Equal(expected, share), threads, CancellationToken.None);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void ErrorOfTheSourceComesAfterTheResultsBefore(int threads)
    {
        var results = new List<int>();
        Assert.Throws<InvalidDataException>(() =>
            OrderedPipeline.Run(Failing(50), (item, _, _) => Busy(item), results.Add, threads, CancellationToken.None));
        Assert.Equal(Enumerable.Range(0, 50), results);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void ErrorOfTheWorkComesAsItself(int threads)
    {
        var results = new List<int>();
        var error = Assert.Throws<TimeZoneNotFoundException>(() => OrderedPipeline.Run(
            Failing(50),
            (item, _, _) => item == 20 ? throw new TimeZoneNotFoundException("twenty") : item,
            results.Add,
            threads,
            CancellationToken.None));
        Assert.Equal("twenty", error.Message);
        Assert.Equal(Enumerable.Range(0, 20), results);
    }

    [Fact]
    public void ErrorOfTheConsumerStopsTheWork()
    {
        var worked = 0;
        Assert.Throws<IOException>(() => OrderedPipeline.Run(
            Enumerable.Range(0, 1000000),
            (item, _, _) => Interlocked.Increment(ref worked),
            _ => throw new IOException(),
            2,
            CancellationToken.None));
        Assert.InRange(worked, 1, 4);
    }

    [Fact]
    public void CancellationReachesTheWork()
    {
        using var stop = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => OrderedPipeline.Run(
            Enumerable.Range(0, 10),
            (item, _, cancellation) =>
            {
                stop.Cancel();
                cancellation.WaitHandle.WaitOne();
                cancellation.ThrowIfCancellationRequested();
                return item;
            },
            _ => Assert.Fail("nothing was finished"),
            2,
            stop.Token));
    }

    private static int Busy(int item)
    {
        Thread.SpinWait(item * 7919 % 1000);
        return item;
    }

    private static IEnumerable<int> Failing(int count)
    {
        for (var item = 0; item < count; item++)
            yield return item;
        throw new InvalidDataException();
    }
}

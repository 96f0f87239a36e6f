using Compressor.Concurrency;

namespace Compressor.Tests.Concurrency;

public class ProgressMeterTests
{
    /// <summary>A report may wait for what other threads do, even in the part that it is about.</summary>
    [Fact]
    public async Task ReportsHoldNoThreadUp()
    {
        using var reporting = new ManualResetEventSlim();
        using var others = new ManualResetEventSlim();
        var reports = new List<long>();
        var meter = new ProgressMeter(new Reporter(sum =>
        {
            reporting.Set();
            Assert.True(others.Wait(TimeSpan.FromMinutes(1)), "the others wait for this report");
            reports.Add(sum);
        }));
        var (first, second) = (meter.Begin(10), meter.Begin(100));
        var slow = Task.Run(() => first.Reach(1, 2));
        reporting.Wait();
        await Task.Run(() =>
        {
            second.Reach(1, 2);
            first.Reach(1, 1);
        });
        others.Set();
        await slow;
        Assert.Equal([5, 60], reports);
    }

    [Fact]
    public void WhatAllThreadsDidIsReportedInOrderAndCompletely()
    {
        var reports = new List<long>();
        var concurrent = 0;
        var meter = new ProgressMeter(new Reporter(sum =>
        {
            Assert.Equal(1, Interlocked.Increment(ref concurrent));
            reports.Add(sum);
            Interlocked.Decrement(ref concurrent);
        }));
        Parallel.For(0, 50, _ =>
        {
            var part = meter.Begin(1000);
            for (var i = 0; i <= 100; i++)
                part.Reach(i, 100);
            part.Reach(50, 100); // behind what is done: nothing
        });
        Assert.Equal(50_000, reports[^1]);
        Assert.Equal(reports.Distinct().Order(), reports);
    }

    [Fact]
    public void AReportThatFailsIsNotTheLast()
    {
        var reports = new List<long>();
        var fails = true;
        var meter = new ProgressMeter(new Reporter(sum =>
        {
            if (fails)
                throw new TimeZoneNotFoundException();
            reports.Add(sum);
        }));
        var part = meter.Begin(10);
        Assert.Throws<TimeZoneNotFoundException>(() => part.Reach(1, 2));
        fails = false;
        part.Reach(2, 2);
        Assert.Equal([10], reports);
    }

    private sealed class Reporter(Action<long> report) : IProgress<long>
    {
        public void Report(long value) => report(value);
    }
}

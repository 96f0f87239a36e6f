using Compressor.Concurrency;

namespace Compressor.Tests.Concurrency;

public class SharedResultTests
{
    [Fact]
    public void IsComputedOnce()
    {
        var computed = 0;
        var result = new SharedResult<string>(_ => $"number {Interlocked.Increment(ref computed)}");
        Parallel.For(0, 100, _ => Assert.Equal("number 1", result.Get(default)));
    }

    [Fact]
    public void WhoIsCancelledLeavesItToTheNext()
    {
        using var cancellation = new CancellationTokenSource();
        var result = new SharedResult<string>(token =>
        {
            cancellation.Cancel();
            token.ThrowIfCancellationRequested();
            return "done";
        });
        Assert.Throws<OperationCanceledException>(() => result.Get(cancellation.Token));
        Assert.Equal("done", result.Get(default));
        Assert.Equal("done", result.Get(cancellation.Token)); // it is there
    }

    [Fact]
    public async Task WaitingCanBeCancelled()
    {
        using var computing = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        using var cancellation = new CancellationTokenSource();
        var result = new SharedResult<string>(_ =>
        {
            computing.Set();
            go.Wait(CancellationToken.None);
            return "done";
        });
        var first = Task.Run(() => result.Get(default));
        computing.Wait();
        var second = Task.Run(() => result.Get(cancellation.Token));
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Assert.False(first.IsCompleted);
        go.Set();
        Assert.Equal("done", await first);
    }
}

using Compressor.Training.Compute;

namespace Compressor.Training.Tests.Compute;

public class WorkerThreadsTests
{
    [Fact]
    public void EveryNumberIsTakenOnceAndByAFixedWorker()
    {
        using var workers = new WorkerThreads(3, 1);
        for (var round = 0; round < 50; round++)
        {
            var takers = new string?[10];
            workers.ForEach(takers.Length, i => takers[i] = takers[i] is null ? Thread.CurrentThread.Name : "twice");
            Assert.Equal(Enumerable.Range(0, 10).Select(i => $"worker {i % 3}"), takers);
        }
    }

    [Fact]
    public void TheirTensorsAreFreedAndHaveNoHistory()
    {
        using var workers = new WorkerThreads(2, 1);
        using var x = torch.tensor([1f, 2], requires_grad: true);
        var made = new Tensor[2];
        var history = new bool[2];
        workers.Run(i =>
        {
            made[i] = x * 2;
            history[i] = made[i].requires_grad;
        });
        Assert.All(made, tensor => Assert.True(tensor.IsInvalid));
        Assert.Equal([false, false], history);
    }

    [Fact]
    public void AFailureIsThrownToTheCallerAndTheNextJobRuns()
    {
        using var workers = new WorkerThreads(2, 1);
        var error = Assert.Throws<InvalidDataException>(() => workers.Run(i =>
        {
            if (i == 1) throw new InvalidDataException("worker's");
        }));
        Assert.Equal("worker's", error.Message);
        var ran = 0;
        workers.Run(_ => Interlocked.Increment(ref ran));
        Assert.Equal(2, ran);
    }
}

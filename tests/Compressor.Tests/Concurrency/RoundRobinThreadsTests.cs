using Compressor.Concurrency;

namespace Compressor.Tests.Concurrency;

public sealed class RoundRobinThreadsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void TurnsComeInOrderWhateverMembersDoBetween(int workers)
    {
        const int Rounds = 2000;
        var taken = new List<int>();
        RoundRobinThreads.Run(workers, worker =>
        {
            var random = new Random(worker.Index);
            for (var round = 0; round < Rounds; round++)
            {
                Thread.SpinWait(random.Next(200));
                Assert.True(worker.AwaitTurn());
                taken.Add(worker.Index); // a list is not safe for threads: only turns make this right
                worker.PassTurn();
            }
        });

        Assert.Equal(Enumerable.Range(0, Rounds * workers).Select(turn => turn % workers), taken);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void AnErrorEndsEveryMembersTurnsAndIsThrown(int failing)
    {
        var rounds = new int[3];
        var error = Assert.Throws<InvalidDataException>(() => RoundRobinThreads.Run(3, worker =>
        {
            while (worker.AwaitTurn())
            {
                if (worker.Index == failing && rounds[failing] == 10)
                    throw new InvalidDataException("the tenth");
                rounds[worker.Index]++;
                worker.PassTurn();
            }
        }));

        Assert.Equal("the tenth", error.Message);
        for (var worker = 0; worker < rounds.Length; worker++)
            Assert.Equal(worker < failing ? 11 : 10, rounds[worker]);
    }
}

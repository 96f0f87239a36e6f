using Compressor.Concurrency;

namespace Compressor.Tests.Concurrency;

public sealed class TurnOrderTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void TurnsComeInOrderWhateverMembersDoBetween(int members)
    {
        const int Rounds = 2000;
        var taken = new List<int>();
        TurnOrder.Run(members, member =>
        {
            var random = new Random(member.Index);
            for (var round = 0; round < Rounds; round++)
            {
                Thread.SpinWait(random.Next(200));
                Assert.True(member.AwaitTurn());
                taken.Add(member.Index); // a list is not safe for threads: only turns make this right
                member.PassTurn();
            }
        });

        Assert.Equal(Enumerable.Range(0, Rounds * members).Select(turn => turn % members), taken);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void AnErrorEndsEveryMembersTurnsAndIsThrown(int failing)
    {
        var rounds = new int[3];
        var error = Assert.Throws<InvalidDataException>(() => TurnOrder.Run(3, member =>
        {
            while (member.AwaitTurn())
            {
                if (member.Index == failing && rounds[failing] == 10)
                    throw new InvalidDataException("the tenth");
                rounds[member.Index]++;
                member.PassTurn();
            }
        }));

        Assert.Equal("the tenth", error.Message);
        for (var member = 0; member < rounds.Length; member++)
            Assert.Equal(member < failing ? 11 : 10, rounds[member]);
    }
}

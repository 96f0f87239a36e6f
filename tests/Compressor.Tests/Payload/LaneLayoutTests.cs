using Compressor.Blocks;
using Compressor.Payload;

namespace Compressor.Tests.Payload;

public class LaneLayoutTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(16383, 1)]
    [InlineData(16384, 2)]
    [InlineData(131072, 16)]
    [InlineData(16777216, 16)]
    public void LanesGrowWithTokens(int tokens, int lanes) => Assert.Equal(lanes, LaneLayout.For(tokens, new BlockSettings()).Lanes);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 7)]
    [InlineData(10, 4)]
    [InlineData(1000, 256)]
    [InlineData(1024, 256)]
    public void EveryTokenIsCodedOnce(int tokens, int lanes)
    {
        var layout = new LaneLayout(tokens, lanes);
        Assert.Equal(0, layout.StartOf(0));
        Assert.Equal(tokens, layout.StartOf(lanes));
        var coded = new List<int>();
        for (var step = 0; step < layout.Steps; step++)
        {
            for (var lane = 0; lane < layout.ActiveAt(step); lane++)
            {
                Assert.InRange(layout.StartOf(lane) + step, layout.StartOf(lane), layout.StartOf(lane + 1) - 1);
                coded.Add(layout.StartOf(lane) + step);
            }
        }

        Assert.Equal(Enumerable.Range(0, tokens), coded.Order());
    }
}

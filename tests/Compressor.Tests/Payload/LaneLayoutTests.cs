using Compressor.Blocks;
using Compressor.Container;
using Compressor.Payload;

namespace Compressor.Tests.Payload;

public class LaneLayoutTests
{
    [Theory]
    [InlineData(1, false, 1)]
    [InlineData(16383, false, 1)]
    [InlineData(16384, false, 2)]
    [InlineData(131072, false, 16)]
    [InlineData(131071, true, 1)]
    [InlineData(131072, true, 2)]
    [InlineData(16777216, false, 16)]
    [InlineData(16777216, true, 16)]
    public void LanesGrowWithTokens(int tokens, bool mostIsLearned, int lanes) =>
        Assert.Equal(lanes, LaneLayout.For(tokens, new BlockSettings(), mostIsLearned).Lanes);

    /// <summary>What the encoder chooses at any level is what the format allows.</summary>
    [Fact]
    public void TheFormatAllowsTheLanesOfEveryLevel()
    {
        for (var level = LmzCompressionOptions.MinLevel; level <= LmzCompressionOptions.MaxLevel; level++)
        {
            foreach (var tokens in (int[])[1, 5000, 100_000, 1 << 24])
            {
                var lanes = LaneLayout.For(tokens, BlockSettings.OfLevel(level), mostIsLearned: false).Lanes;
                Assert.True(lanes == 1 || (lanes <= BlockHeader.MaxLanes && tokens >= lanes * BlockHeader.MinTokensPerLane));
            }
        }
    }

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

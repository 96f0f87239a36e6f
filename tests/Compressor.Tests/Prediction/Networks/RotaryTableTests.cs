using Compressor.Prediction.Networks;

namespace Compressor.Tests.Prediction.Networks;

public sealed class RotaryTableTests
{
    [Theory]
    [InlineData(32, 10000)]
    [InlineData(64, 10000)]
    [InlineData(128, 500000)]
    public void IsCloseToTheMathLibraryAtEveryDistance(int headSize, double rotaryBase)
    {
        var table = new RotaryTable(headSize, rotaryBase);
        float[] cosines = new float[table.Pairs], sines = new float[table.Pairs];
        foreach (var position in (int[])[0, 1, 2, 255, 1023, 1024, 1025, 65_537, 1_000_003, 16_000_000])
        {
            table.Fill(position, cosines, sines);
            for (var i = 0; i < table.Pairs; i++)
            {
                var angle = position * Math.Pow(rotaryBase, -2.0 * i / headSize);
                Assert.InRange(cosines[i] - Math.Cos(angle), -2e-6, 2e-6);
                Assert.InRange(sines[i] - Math.Sin(angle), -2e-6, 2e-6);
            }
        }
    }
}

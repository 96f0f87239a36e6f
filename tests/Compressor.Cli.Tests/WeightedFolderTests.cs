using System.Globalization;
using Compressor.Cli.Commands;

namespace Compressor.Cli.Tests;

public class WeightedFolderTests
{
    [Theory]
    [InlineData("texts", "texts", "1")]
    [InlineData("texts=2", "texts", "2")]
    [InlineData("a=b=0.25", "a=b", "0.25")]
    [InlineData("a=b", "a=b", "1")]
    [InlineData("a=2=1", "a=2", "1")]
    public void AFolderMayHaveAWeight(string text, string path, string weight) =>
        Assert.Equal(new WeightedFolder(path, decimal.Parse(weight, CultureInfo.InvariantCulture)), WeightedFolder.Parse(text));

    [Theory]
    [InlineData("texts=0")]
    [InlineData("texts=-1")]
    [InlineData("texts=0.001")]
    [InlineData("texts=101")]
    [InlineData("=2")]
    public void AWeightOutOfRangeIsNamed(string text) =>
        Assert.Contains(text, Assert.Throws<FormatException>(() => WeightedFolder.Parse(text)).Message, StringComparison.Ordinal);
}

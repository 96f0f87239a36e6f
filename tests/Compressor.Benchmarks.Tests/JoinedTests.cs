using System.Text;
using Compressor.Benchmarks.Joined;

namespace Compressor.Benchmarks.Tests;

public sealed class JoinedTests
{
    private static readonly byte[] Content = Encoding.UTF8.GetBytes(string.Concat(
        Enumerable.Range(0, 60).Select(i => $"The {(i % 3 == 0 ? "train" : "ship")} left at {i % 24}:{i * 7 % 60:D2}, and nobody was late.\n")));

    [Fact]
    public void What_decisions_cost_adds_up_to_the_payload()
    {
        var (length, decisions) = new FileForms(LanguageModel.Default, Content, fast: false).Joined();
        Assert.InRange(8.0 * length, decisions.BitCost + decisions.EndCost - 8, decisions.BitCost + decisions.EndCost + 64);
        Assert.InRange(decisions.Ends, 1, Content.Length);
        Assert.InRange(decisions.Bits, 1, 8 * Content.Length);
    }

    [Fact]
    public void The_network_gains_over_one_that_knows_nothing()
    {
        var forms = new FileForms(LanguageModel.Default, Content, fast: true);
        Assert.True(forms.Joined().Length < forms.JoinedWithoutNetwork());
    }

    [Theory]
    [InlineData("which files?", "--model", "en-fast")]
    [InlineData("no '", "missing-file", "--model", "en-fast")]
    [InlineData("--length", "--length")]
    [InlineData("'0'", "--length", "0")]
    [InlineData("--slow", "--slow")]
    public void Bad_arguments_are_named(string message, params string[] arguments) =>
        Assert.Contains(message, Assert.Throws<ArgumentException>(() => JoinedCommand.Run(arguments)).Message, StringComparison.Ordinal);
}

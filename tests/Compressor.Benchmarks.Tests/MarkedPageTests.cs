using Compressor.Benchmarks.Pages;

namespace Compressor.Benchmarks.Tests;

public sealed class MarkedPageTests
{
    private const string Page = "# By hand\n\n<!-- one, made by: old -->\nold\n<!-- end -->\n\nprose\n\n<!-- two, made by: old -->\n<!-- end -->\nend\n";

    [Fact]
    public void OnlyWhatIsBetweenTheMarkersChanges()
    {
        var page = MarkedPage.Replace(Page, "new", new Dictionary<string, string> { ["one"] = "| a |\n" });
        Assert.Equal("# By hand\n\n<!-- one, made by: new -->\n\n| a |\n\n<!-- end -->\n\nprose\n\n<!-- two, made by: old -->\n<!-- end -->\nend\n", page);
        Assert.Equal(page, MarkedPage.Replace(page, "new", new Dictionary<string, string> { ["one"] = "| a |\n" }));
    }

    [Theory]
    [InlineData("# nothing", "there is no '<!-- one, made by: … -->'")]
    [InlineData("<!-- one, made by: x -->\n", "section 'one' has no '<!-- end -->'")]
    [InlineData("<!-- one, made by: x -->\n<!-- two, made by: x -->\n<!-- end -->", "section 'one' has no '<!-- end -->'")]
    [InlineData("<!-- one, made by: x -->\n<!-- end -->\n<!-- one, made by: x -->\n<!-- end -->", "'<!-- one, made by: … -->' is there twice")]
    public void MarkersThatAreMissingAreNamed(string page, string message) =>
        Assert.Equal(message, Assert.Throws<InvalidDataException>(() => MarkedPage.Replace(page, "c", new Dictionary<string, string> { ["one"] = "" })).Message);

    [Fact]
    public void TheCommandCanBeTypedAgain()
    {
        var folder = Directory.CreateTempSubdirectory("corpus-of-tests-").FullName;
        try
        {
            Assert.Equal($"dotnet run -c Release --project bench/Compressor.Benchmarks -- corpus {Path.GetFileName(folder)} --with 'a b'",
                TypedCommand.Of("corpus", [folder, "--with", "a b"]));
        }
        finally
        {
            Directory.Delete(folder);
        }
    }
}

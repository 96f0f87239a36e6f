using System.Text;
using Compressor.Training.Data;

namespace Compressor.Training.Tests;

public class ExclusionsTests
{
    private const string Line = "a line that is long enough to be no coincidence, number ";

    [Theory]
    [InlineData("Dickens, Charles/Bleak House.txt", true)]
    [InlineData("books/dickens, charles - letters.txt", true)]
    [InlineData("Dickson, Charles/Poems.txt", false)]
    public void FilesAreLeftOutByName(string path, bool excluded)
    {
        var notes = new List<string>();
        var kept = new Exclusions(["Dickens, Charles"], []).Filter([Document(path, "text")], notes.Add);
        Assert.Equal(excluded ? 0 : 1, kept.Count);
        Assert.Equal(excluded ? [$"{path}: excluded by name (Dickens, Charles)"] : [], notes);
    }

    [Fact]
    public void WhatIsMostlyHeldOutTextIsLeftOut()
    {
        var exclusions = new Exclusions([], [Document("held", Lines(0, 100))]);
        Assert.Empty(exclusions.Filter([Document("copy", Lines(0, 100))], _ => { }));
        Assert.Empty(exclusions.Filter([Document("part, indented, CRLF", Lines(10, 60).Replace("\n", "\r\n    ", StringComparison.Ordinal))], _ => { }));
        Assert.Single(exclusions.Filter([Document("a quotation", Lines(90, 100) + Lines(200, 300))], _ => { }));
        Assert.Single(exclusions.Filter([Document("short lines", "{\n}\n{\n}\n" + Line + "7\n")], _ => { }));
    }

    [Fact]
    public void AListOfNamesMayHaveRemarks()
    {
        using var folder = new TemporaryFolder();
        folder.File("list", "# authors\n\nCarroll, Lewis\n  enwik8  \r\n");
        Assert.Equal(["Carroll, Lewis", "enwik8"], Exclusions.ReadNames(folder.At("list")));
    }

    /// <summary>The list that the models on board are trained with names what the project is measured on.</summary>
    [Theory]
    [InlineData("Carroll, Lewis/Alice's Adventures in Wonderland.txt")]
    [InlineData("Shakespeare, William/As You Like It.txt")]
    [InlineData("Milton, John/Paradise Lost.txt")]
    [InlineData("Hardy, Thomas/Far from the Madding Crowd.txt")]
    [InlineData("Dickens, Charles/A Christmas Carol.txt")]
    [InlineData("Anonymous/The King James Version of the Bible.txt")]
    [InlineData("United States/The 1992 CIA World Factbook.txt")]
    [InlineData("data/enwik8")]
    [InlineData("silesia/xml")]
    [InlineData("calgary/paper1")]
    [InlineData("canterbury/asyoulik.txt")]
    public void TheRepositorysListNamesWhatIsMeasured(string path)
    {
        var names = Exclusions.ReadNames(Path.Combine(AppContext.BaseDirectory, "excluded.txt"));
        Assert.Empty(new Exclusions(names, []).Filter([Document(path, "text")], _ => { }));
        Assert.Single(new Exclusions(names, []).Filter([Document("Trollope, Anthony/The Warden.txt", "text")], _ => { }));
    }

    private static TextDocument Document(string path, string text) => new(path, Encoding.UTF8.GetBytes(text));

    private static string Lines(int from, int to) => string.Concat(Enumerable.Range(from, to - from).Select(i => $"{Line}{i}\n"));
}

using System.Text;
using Compressor.Filters;
using FsCheck;
using FsCheck.Fluent;

namespace Compressor.Tests.Filters;

public class LineBreakFilterTests
{
    private static readonly LineBreakFilter Filter = new();

    /// <summary>Words of up to ten letters at a column of 20: | is a line break.</summary>
    [Theory]
    [InlineData("one two three four|five six seven", "one two three four five six seven")] // "five" would end at 23
    [InlineData("one two|three four five", "one two|three four five")] // "three" would have fitted
    [InlineData("one two three four||five six", "one two three four||five six")] // paragraphs stay apart
    [InlineData("one two three four |five six", "one two three four |five six")] // a space before the break: no gap
    [InlineData("one two three four|  five six", "one two three four|  five six")] // an indent that its own line has not
    [InlineData("x|  one two three four|  five six", "x|  one two three four five six")] // the same indent
    [InlineData("// x|// one two three|// four five", "// x|// one two three four five")]
    [InlineData("> one two three|> four five six|> seven eight", "> one two three|> four five six seven eight")] // the first line could be indented for itself
    [InlineData("> one two three|>> four five six", "> one two three|>> four five six")]
    [InlineData("  one two three four|five six seven eight|nine ten|", "  one two three four five six seven eight nine ten|")] // as paragraphs are
    [InlineData("a|  one two three four|five six seven eight", "a|  one two three four|five six seven eight")] // but not after a line of text
    [InlineData("a||  one two three four|five six seven eight|nine", "a||  one two three four five six seven eight nine")]
    [InlineData("one two three four|five six seven eight||  nine ten eleven six|seven eight", "one two three four five six seven eight||  nine ten eleven six seven eight")]
    [InlineData("ééé ééé ééééé éééé|éééé ééé", "ééé ééé ééééé éééé éééé ééé")] // columns are characters
    [InlineData("ééé ééé ééééé|éééé ééé", "ééé ééé ééééé|éééé ééé")]
    public void JoinsWhatColumnsExplain(string text, string expected)
    {
        var content = Encoding.UTF8.GetBytes(text.Replace('|', '\n'));
        var (joined, data) = LineBreakFilter.Apply(content, 20);
        Assert.Equal(expected, Encoding.UTF8.GetString(joined).Replace('\n', '|'));
        Assert.Equal(content, Filter.Undo(joined, data, content.Length));
    }

    [Theory]
    [InlineData("")]
    [InlineData("// ")]
    [InlineData("> ")]
    [InlineData("    ")]
    public void WrappedTextCostsNextToNothing(string prefix)
    {
        var content = SampleBytes.Wrapped(8000, 60, prefix);
        var (joined, data) = Filter.Apply(content)!;
        Assert.InRange(joined.Count((byte)'\n'), 0, prefix == "" ? 0 : 1);
        Assert.Equal(60, data[0]);
        Assert.InRange(data.Length, 1, 4); // the column, and about 150 breaks, none of them a surprise
        Assert.Equal(content, Filter.Undo(joined, data, content.Length));
    }

    [Fact]
    public void LeavesAloneWhatIsNotWrapped()
    {
        Assert.False(Applies(""));
        Assert.False(Applies("a few words"));
        Assert.False(Applies(Encoding.ASCII.GetString(SampleBytes.Wrapped(200, 60)))); // too few lines to tell
        Assert.False(Applies(Encoding.ASCII.GetString(SampleBytes.Wrapped(8000, 60)).Replace('\n', ' ')));
        Assert.False(Applies(string.Concat(Enumerable.Repeat("Shall I compare thee to a summer's day?\nThou art more lovely and more temperate:\n", 200))));
        Assert.False(Applies(string.Concat(Enumerable.Range(0, 900).Select(i => $"\"key{i}\": {i * i},\n"))));

        static bool Applies(string text) => Filter.Apply(Encoding.ASCII.GetBytes(text)) is not null;
    }

    [Fact]
    public void AnyTextComesBackAtAnyColumn()
    {
        var mixture = Gen.ArrayOf(Gen.Frequency(
            (12, Gen.Elements("a", "the", "rabbit", "wonderful", "é", "漢字")),
            (12, Gen.Constant(" ")),
            (3, Gen.Elements("\n", "\n  ", "\n> ", "\n// ")),
            (2, Gen.Elements("  ", "\n\n", "-", "*", "\t", "#\n", "\r\n", "unbelievablylongwordwithoutanend", "                                 x"))))
            .Select(parts => Encoding.UTF8.GetBytes(string.Concat(parts)));
        var joinings = 0;
        Prop.ForAll(Arb.From(Gen.OneOf(mixture, SampleBytes.Generator)), Arb.From(Gen.Choose(1, 70)), (content, column) =>
        {
            var (joined, data) = LineBreakFilter.Apply(content, column);
            joinings += content.Count((byte)'\n') - joined.Count((byte)'\n');
            Assert.Equal(content, Filter.Undo(joined, data, content.Length));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000).WithEndSize(300));
        Assert.InRange(joinings, 300, int.MaxValue);
    }

    [Fact]
    public void RefusesWhatItNeverWrites()
    {
        var content = SampleBytes.Wrapped(4000, 40, "> ");
        var (joined, data) = Filter.Apply(content)!;
        Assert.Throws<InvalidDataException>(() => Filter.Undo(joined, data, content.Length - 1));
        Assert.Throws<InvalidDataException>(() => Filter.Undo(joined, new byte[] { 40, 1, 2, 3, 4, 5, 6, 7, 8, 9 }, content.Length));
        Assert.Throws<InvalidDataException>(() => Filter.Undo("no gap"u8, new byte[] { 20, 1 }, 100));
        Assert.Throws<InvalidDataException>(() => Filter.Undo(content, data, content.Length)); // its own breaks are still there
        Assert.Throws<InvalidDataException>(() => Filter.Undo(joined, new byte[] { 0 }, content.Length));
        Assert.Throws<InvalidDataException>(() => Filter.Undo(joined, new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0x7F }, content.Length));
        Assert.Throws<InvalidDataException>(() => Filter.Undo(joined, ReadOnlyMemory<byte>.Empty, content.Length));
    }

    /// <summary>A line of marks and one-letter words at column 1: every space that follows may bring a prefix of 32 bytes.</summary>
    [Fact]
    public void HostileDataCannotMakeALongText()
    {
        byte[] text = [.. "a\n"u8, .. Enumerable.Repeat((byte)'>', 32), .. Enumerable.Repeat("x "u8.ToArray(), 20_000).SelectMany(pair => pair)];
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<InvalidDataException>(() => Filter.Undo(text, new byte[] { 1, 0, 0, 0, 0 }, text.Length));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 * text.Length + 20_000);
    }
}

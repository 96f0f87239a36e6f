using System.Text;
using Compressor.Filters;
using FsCheck;
using FsCheck.Fluent;

namespace Compressor.Tests.Filters;

public class LineEndFilterTests
{
    private static readonly LineEndFilter Filter = new();

    [Theory]
    [InlineData("a\r\nb\r\n", "a\nb\n", "")]
    [InlineData("\r\r\n\r\n\r", "\r\n\n\r", "")]
    [InlineData("\r\n\r\n\r\n\r\nlone\n\r\n", "\n\n\n\nlone\n\n", "4")]
    [InlineData("\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\n", "\n\n\n\n\n\n\n\n\n", "0,7")]
    public void Filters(string content, string expected, string expectedGaps)
    {
        var (filtered, gaps) = Filter.Apply(Encoding.ASCII.GetBytes(content))!;
        Assert.Equal(expected, Encoding.ASCII.GetString(filtered));
        Assert.Equal(expectedGaps, string.Join(',', gaps));
        Assert.Equal(content, Encoding.ASCII.GetString(Filter.Undo(filtered, gaps, content.Length)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("no line end")]
    [InlineData("\r\r\r")]
    [InlineData("unix\nunix\n")]
    [InlineData("half\r\nhalf\n")]
    public void LeavesAloneWhatWouldNotShrink(string content) =>
        Assert.Null(Filter.Apply(Encoding.ASCII.GetBytes(content)));

    [Fact]
    public void AnyMixtureRoundTrips()
    {
        var mixture = Gen.ArrayOf(Gen.Frequency((8, Gen.Constant("\r\n")), (1, Gen.Elements("\n", "\r", "x", "\r\r\n", "\n\r"))))
            .Select(parts => Encoding.ASCII.GetBytes(string.Concat(parts)));
        var applied = 0;
        Prop.ForAll(Arb.From(Gen.OneOf(mixture, SampleBytes.Generator)), content =>
        {
            if (Filter.Apply(content) is not var (filtered, gaps))
                return;

            applied++;
            Assert.True(filtered.Length + gaps.Length < content.Length);
            Assert.Equal(content, Filter.Undo(filtered, gaps, content.Length));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000).WithEndSize(300));
        Assert.InRange(applied, 200, 1000);
    }

    [Fact]
    public void RefusesAListThatGoesTooFar()
    {
        Assert.Throws<InvalidDataException>(() => Filter.Undo("\n\n"u8, new byte[] { 2 }, 4));
        Assert.Throws<InvalidDataException>(() => Filter.Undo("\n\n"u8, new byte[] { 0, 0, 0 }, 4));
        Assert.Throws<InvalidDataException>(() => Filter.Undo("\n\n"u8, new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 7, 0xFF, 0xFF, 0xFF, 0xFF, 7 }, 4));
        Assert.Equal("\n\n"u8.ToArray(), Filter.Undo("\n\n"u8, new byte[] { 0, 0 }, 2));
    }

    [Fact]
    public void RefusesATextThatIsTooLong()
    {
        Assert.Equal("\r\n\r\n"u8.ToArray(), Filter.Undo("\n\n"u8, default, 4));
        Assert.Throws<InvalidDataException>(() => Filter.Undo("\n\n"u8, default, 3));
    }
}

using System.Text;
using Compressor.Filters;
using FsCheck;
using FsCheck.Fluent;

namespace Compressor.Tests.Filters;

public class LineEndFilterTests
{
    [Theory]
    [InlineData("a\r\nb\r\n", "a\nb\n", "")]
    [InlineData("\r\r\n\r\n\r", "\r\n\n\r", "")]
    [InlineData("\r\n\r\n\r\n\r\nlone\n\r\n", "\n\n\n\nlone\n\n", "4")]
    [InlineData("\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\n", "\n\n\n\n\n\n\n\n\n", "0,7")]
    public void Filters(string content, string expected, string expectedGaps)
    {
        Assert.True(LineEndFilter.TryApply(Encoding.ASCII.GetBytes(content), out var filtered, out var gaps));
        Assert.Equal(expected, Encoding.ASCII.GetString(filtered));
        Assert.Equal(expectedGaps, string.Join(',', gaps));
        Assert.Equal(content, Encoding.ASCII.GetString(LineEndFilter.Expand(filtered, gaps)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("no line end")]
    [InlineData("\r\r\r")]
    [InlineData("unix\nunix\n")]
    [InlineData("half\r\nhalf\n")]
    public void LeavesAloneWhatWouldNotShrink(string content) =>
        Assert.False(LineEndFilter.TryApply(Encoding.ASCII.GetBytes(content), out _, out _));

    [Fact]
    public void AnyMixtureRoundTrips()
    {
        var mixture = Gen.ArrayOf(Gen.Frequency((8, Gen.Constant("\r\n")), (1, Gen.Elements("\n", "\r", "x", "\r\r\n", "\n\r"))))
            .Select(parts => Encoding.ASCII.GetBytes(string.Concat(parts)));
        var applied = 0;
        Prop.ForAll(Arb.From(Gen.OneOf(mixture, SampleBytes.Generator)), content =>
        {
            if (!LineEndFilter.TryApply(content, out var filtered, out var gaps))
                return;

            applied++;
            Assert.True(filtered.Length + gaps.Length < content.Length);
            Assert.Equal(content, LineEndFilter.Expand(filtered, gaps));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000).WithEndSize(300));
        Assert.InRange(applied, 200, 1000);
    }

    [Fact]
    public void RefusesAListThatGoesTooFar()
    {
        Assert.Throws<InvalidDataException>(() => LineEndFilter.Expand("\n\n"u8, [2]));
        Assert.Throws<InvalidDataException>(() => LineEndFilter.Expand("\n\n"u8, [0, 0, 0]));
        Assert.Throws<InvalidDataException>(() => LineEndFilter.Expand("\n\n"u8, [int.MaxValue, int.MaxValue]));
        Assert.Equal("\n\n"u8.ToArray(), LineEndFilter.Expand("\n\n"u8, [0, 0]));
    }
}

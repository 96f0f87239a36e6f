using System.Text;
using System.Text.RegularExpressions;
using Compressor.Symbols;
using FsCheck;
using FsCheck.Fluent;

namespace Compressor.Tests.Symbols;

public class PreTokenizerTests
{
    [Theory]
    [InlineData("Hello, world! ", "Hello|,| world|!| ")]
    [InlineData("I don't, she'll 'quote'", "I| don|'t|,| she|'ll| '|quote|'")]
    [InlineData("in 1865 and 1234567", "in| 186|5| and| 123|456|7")]
    [InlineData("a\r\n\r\n  b", "a|\r\n\r\n| | b")]
    [InlineData("a\t\tb  \n   c", "a|\t\t|b|  |\n|  | c")]
    [InlineData("  \t x\t", "  \t| x|\t")]
    [InlineData(" \n", " |\n")]
    [InlineData("<p class=\"x\"> _y", "<|p| class|=\"|x|\">| _|y")]
    [InlineData("l'été à 5°C", "l|'été| à| 5|°C")]
    public void CutsAsDescribed(string text, string preTokens) =>
        Assert.Equal(preTokens.Split('|'), PreTokens(Encoding.UTF8.GetBytes(text)).Select(Encoding.UTF8.GetString));

    [Fact]
    public void LongRunsAreCutBetweenCharacters()
    {
        var preTokens = PreTokens(Encoding.UTF8.GetBytes(new string('漢', 100)));
        Assert.Equal(63, preTokens[0].Length);
        Assert.All(preTokens, preToken => Assert.DoesNotContain('\uFFFD', Encoding.UTF8.GetString(preToken)));
        Assert.Equal([64, 64, 2], PreTokens(Enumerable.Repeat((byte)0x80, 130).ToArray()).Select(preToken => preToken.Length));
        Assert.Equal([64, 36, 2], PreTokens([.. Enumerable.Repeat((byte)' ', 101), (byte)'x']).Select(preToken => preToken.Length));
    }

    [Fact]
    public void PreTokensCoverAnyBytesAndAreShort() =>
        Prop.ForAll(SampleBytes.Arbitrary, data =>
        {
            var preTokens = PreTokens(data);
            Assert.Equal(data, preTokens.SelectMany(preToken => preToken));
            Assert.All(preTokens, preToken => Assert.InRange(preToken.Length, 1, PreTokenizer.MaxPreTokenLength));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500).WithEndSize(400));

    [Fact]
    public void AgreesWithItsRegularExpression()
    {
        // .NET writes code points differently; surrogates stand for the characters above U+FFFF.
        var pattern = new Regex(PreTokenizer.Pattern.Replace(@"\x{80}-\x{10FFFF}", @"\u0080-\uFFFF").Replace(@"\x{0B}", @"\v"));
        Prop.ForAll(SampleBytes.Arbitrary, data =>
        {
            var text = Encoding.UTF8.GetString(data).Replace("\0", "");
            var expected = pattern.Matches(text).Select(match => match.Value).ToArray();
            if (expected.All(preToken => Encoding.UTF8.GetByteCount(preToken) <= PreTokenizer.MaxPreTokenLength))
                Assert.Equal(expected, PreTokens(Encoding.UTF8.GetBytes(text)).Select(Encoding.UTF8.GetString));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500).WithEndSize(200));
    }

    private static List<byte[]> PreTokens(byte[] data)
    {
        var preTokens = new List<byte[]>();
        var rest = data.AsSpan();
        while (!rest.IsEmpty)
        {
            var length = PreTokenizer.FirstPreTokenLength(rest);
            preTokens.Add(rest[..length].ToArray());
            rest = rest[length..];
        }

        return preTokens;
    }
}

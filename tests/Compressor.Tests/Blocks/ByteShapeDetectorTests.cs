using System.Text;
using Compressor.Blocks;
using Compressor.Prediction.Mixing;

namespace Compressor.Tests.Blocks;

public class ByteShapeDetectorTests
{
    // Fixed records, which are smaller as binary with a stride: so only where the bytes pass for text nothing else is tried.
    private const int Records = 120;   // of 32 bytes: all of the content is the sample

    [Fact]
    public void Utf8IsTextHoweverLittleOfItIsAscii() => Assert.Equal(ByteProfile.Text, ProfileOf(Encoding.UTF8.GetBytes(Cyrillic)));

    [Theory]
    [InlineData(1, 0)]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    public void ItMayBeginAndEndInsideOfACharacter(int first, int last) =>
        Assert.Equal(ByteProfile.Text, ProfileOf(Encoding.UTF8.GetBytes(Cyrillic)[first..^last]));

    [Fact]
    public void OneByteThatIsNoUtf8IsEnoughForTheOtherShapes()
    {
        var bytes = Encoding.UTF8.GetBytes(Cyrillic);
        bytes[bytes.Length / 2] = 0xFF;
        Assert.NotEqual(ByteProfile.Text, ProfileOf(bytes));
    }

    // One record is 16 letters of two bytes each, the last of which are the same in all.
    private static string Cyrillic
    {
        get
        {
            var random = new Random(1);
            var text = new StringBuilder();
            for (var i = 0; i < Records; i++)
            {
                for (var letter = 0; letter < 4; letter++)
                    text.Append((char)('а' + random.Next(32)));
                text.Append("абвгдежзийкл");
            }

            return text.ToString();
        }
    }

    private static ByteProfile ProfileOf(byte[] content) => ByteShapeDetector.Find(content, false, default).Profile;
}

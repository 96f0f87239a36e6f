namespace Compressor.Tests;

public class ModelIdTests
{
    [Fact]
    public void TextAndBytesAgree()
    {
        var id = new ModelId([0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF, 0xFF]);
        Assert.Equal("0123456789abcdef", id.ToString());
        Assert.Equal(id, ModelId.Parse("0123456789ABCDEF"));
        Assert.Equal("0000000000000000", default(ModelId).ToString());
        var bytes = new byte[ModelId.Length];
        id.CopyTo(bytes);
        Assert.Equal(id, new ModelId(bytes));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0123456789abcde")]
    [InlineData("0123456789abcdef0")]
    [InlineData("0123456789abcdeg")]
    public void OtherTextIsRefused(string text) => Assert.Throws<FormatException>(() => ModelId.Parse(text));
}

using Compressor.Benchmarks.Codecs;

namespace Compressor.Benchmarks.Tests;

public sealed class CodecTests
{
    private static readonly byte[] Text = SampleTexts.Make("log");

    [TheoryOverCodec("zstd-3")]
    [InlineData("zstd-1")]
    [InlineData("zstd-19")]
    [InlineData("zstd-22")]
    public void ZstdGivesBackWhatItWasGiven(string codec) => RoundTrip(CodecCatalog.Find(codec));

    [TheoryOverCodec("xz-9")]
    [InlineData("xz-0")]
    [InlineData("xz-9")]
    public void XzGivesBackWhatItWasGiven(string codec) => RoundTrip(CodecCatalog.Find(codec));

    [Theory]
    [InlineData("brotli-11")]
    [InlineData("bzip2-9")]
    public void ManagedCodecsGiveBackWhatTheyWereGiven(string codec) => RoundTrip(CodecCatalog.Find(codec));

    [TheoryOverCodec("zstd-3")]
    [InlineData(0)]
    [InlineData(10)]
    public void ZstdDataThatIsDamagedIsAnError(int at) => DamageIsAnError(CodecCatalog.Find("zstd-3"), at);

    [TheoryOverCodec("xz-9")]
    [InlineData(0)]
    [InlineData(40)]
    public void XzDataThatIsDamagedIsAnError(int at) => DamageIsAnError(CodecCatalog.Find("xz-9"), at);

    /// <summary>These really are .zst and .xz: the formats announce themselves.</summary>
    [TheoryOverCodec("zstd-3")]
    [InlineData("28B52FFD")]
    public void ZstdDataStartsWithItsMagic(string magic) => StartsWith(magic, CodecCatalog.Find("zstd-3"));

    [TheoryOverCodec("xz-9")]
    [InlineData("FD377A585A00")]
    public void XzDataStartsWithItsMagic(string magic) => StartsWith(magic, CodecCatalog.Find("xz-9"));

    [Theory]
    [InlineData("zstd-23")]
    [InlineData("zstd")]
    [InlineData("xz-10")]
    [InlineData("lmz-x")]
    [InlineData("")]
    public void UnknownCodecsAreNamed(string name) =>
        Assert.Contains($"'{name}'", Assert.Throws<ArgumentException>(() => CodecCatalog.Find(name)).Message, StringComparison.Ordinal);

    private static void RoundTrip(Codec codec)
    {
        var data = codec.Compress(Text);
        Assert.InRange(data.Length, 1, Text.Length / 2);
        Assert.Equal(Text, codec.Decompress(data, Text.Length));
    }

    private static void StartsWith(string magic, Codec codec) =>
        Assert.StartsWith(magic, Convert.ToHexString(codec.Compress(Text)), StringComparison.Ordinal);

    private static void DamageIsAnError(Codec codec, int at)
    {
        var data = codec.Compress(Text);
        data[at] ^= 0xFF;
        Assert.Throws<InvalidOperationException>(() => codec.Decompress(data, Text.Length));
    }
}

using Compressor.Tests.Prediction;

namespace Compressor.Tests;

public sealed class LmzAnalysisTests
{
    private static readonly LanguageModel Model = AdaptiveModel.Create(out _);
    private static readonly LmzDecompressionOptions WithModel = new() { Models = [Model] };
    private static readonly byte[] Text = SampleBytes.Text(20_000);

    /// <summary>The end of a message costs or, being left out as far as it can, saves up to two bytes; the range loses less than a hundredth of a percent.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void IdealBitsAreThePayloadButForTheEndOfTheMessage(bool mixing)
    {
        var blocks = Analyze(Compress(Text, mixing));
        Assert.Equal(5, blocks.Count);
        Assert.All(blocks, block => Assert.InRange(8.0 * block.PayloadLength, block.IdealBits - 16, (block.IdealBits * 1.0001) + 16));
    }

    [Fact]
    public void TokensAreTheContent()
    {
        var blocks = Analyze(Compress(Text));
        Assert.Equal(Text, blocks.SelectMany(block => block.Tokens).SelectMany(token => token.Bytes.ToArray()));
        Assert.All(blocks, block => Assert.Equal(block.Info.Tokens, block.Tokens.Count));
    }

    [Fact]
    public void WithoutMemoryTheTransformerIsAlone()
    {
        var tokens = Analyze(Compress(Text, mixing: false)).SelectMany(block => block.Tokens);
        Assert.All(tokens, token => Assert.Equal(token.Bits, token.ModelBits));
    }

    [Fact]
    public void PredictionsAreTheMostProbableTokensOfTheFirstOnes()
    {
        LmzTokenCost[] tokens = [.. Analyze(Compress(Text, mixing: false), detailed: 10).SelectMany(block => block.Tokens)];
        Assert.Equal(10, tokens.TakeWhile(token => token.Predictions.Count > 0).Count());
        Assert.DoesNotContain(tokens[10..], token => token.Predictions.Count > 0);
        foreach (var token in tokens[..10])
        {
            Assert.Equal(token.Predictions.Select(p => p.Probability).OrderDescending(), token.Predictions.Select(p => p.Probability));
            var own = Math.Pow(2, -token.Bits);
            var place = token.Predictions.ToList().FindIndex(p => p.Bytes.Span.SequenceEqual(token.Bytes.Span));
            if (place >= 0) Assert.Equal(own, token.Predictions[place].Probability, 1e-9);
            else Assert.True(own <= token.Predictions[^1].Probability);
        }
    }

    [Fact]
    public void BlocksWithoutTokensHaveNone()
    {
        var noise = new byte[5000];
        new Random(1).NextBytes(noise);
        Assert.All(Analyze(Compress(noise)), block =>
        {
            Assert.Empty(block.Tokens);
            Assert.Null(block.ModelBits);
            Assert.Equal(block.Info.ContentLength, block.PayloadLength);
        });
    }

    [Fact]
    public void DamageIsSaidWithItsPlace()
    {
        var data = Compress(Text);
        var second = Lmz.ReadInfo(new MemoryStream(data))[0].Blocks[1];
        data = data[..(int)(second.Offset + (second.CompressedLength / 2))];
        Assert.Throws<InvalidDataException>(() => Analyze(data));
    }

    private static byte[] Compress(byte[] content, bool mixing = true) =>
        Lmz.Compress(content, new LmzCompressionOptions { Model = Model, Mixing = mixing, BlockLength = 4096 });

    private static List<LmzBlockAnalysis> Analyze(byte[] data, int detailed = 0) => [.. Lmz.Analyze(new MemoryStream(data), WithModel, detailed)];
}

using Compressor.Concurrency;
using Compressor.Payload;
using Compressor.Symbols;
using Compressor.Tests.Prediction;

namespace Compressor.Tests.Payload;

public sealed class TokenCoderTests
{
    private static readonly LanguageModel Model = AdaptiveModel.Create(out _);

    [Theory]
    [InlineData(1, 10)]
    [InlineData(2, 10)]
    [InlineData(4, 10)]
    [InlineData(20, 10)]
    [InlineData(3, 0)]
    public void AnyNumberOfThreadsDecodesTheSameTokensInTheSameOrder(int threads, int tableBits)
    {
        var (tokens, layout, payload) = Encoded(tableBits);
        var received = new List<(int Lane, int Token)>();
        Decode(payload, layout, tableBits, threads, (lane, token) => received.Add((lane, token)));

        var wanted = from step in Enumerable.Range(0, layout.Steps)
                     from lane in Enumerable.Range(0, layout.ActiveAt(step))
                     select (lane, tokens[layout.StartOf(lane) + step]);
        Assert.Equal(wanted, received);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void AReceiverThatThrowsEndsAllThreads(int threads)
    {
        var (_, layout, payload) = Encoded(10);
        var received = 0;
        var error = Assert.Throws<InvalidDataException>(() => Decode(payload, layout, 10, threads, (_, _) =>
        {
            if (++received == 100)
                throw new InvalidDataException("enough");
        }));
        Assert.Equal("enough", error.Message);
        Assert.Equal(100, received);
    }

    private static (int[] Tokens, LaneLayout Layout, byte[] Payload) Encoded(int tableBits)
    {
        var random = new Random(1);
        var tokens = new int[1000];
        for (var i = 0; i < tokens.Length; i++)
            tokens[i] = i % 7 < 5 ? i % 7 : random.Next(Tokenizer.BeginningOfSequence);
        var layout = new LaneLayout(tokens.Length, 9); // the last step has a single lane
        return (tokens, layout, TokenCoder.Encode(Model, tokens, layout, Mixing(tableBits), null, 1, null, default));
    }

    /// <summary>Threads take windows of lanes as they come; what is coded does not show it.</summary>
    [Theory]
    [InlineData(2, 10)]
    [InlineData(4, 0)]
    public void AnyNumberOfThreadsEncodesTheSame(int threads, int tableBits)
    {
        var (tokens, layout, payload) = Encoded(tableBits);
        Assert.Equal(payload, TokenCoder.Encode(Model, tokens, layout, Mixing(tableBits), null, threads, null, default));
    }

    private static MixingParameters? Mixing(int tableBits) => tableBits == 0 ? null : new MixingParameters(default, tableBits);

    private static void Decode(byte[] payload, LaneLayout layout, int tableBits, int threads, Action<int, int> receive) => TokenCoder.Decode(
        Model, payload, layout, Mixing(tableBits), 1000 * PreTokenizer.MaxPreTokenLength, null, threads, receive, new ProgressMeter(null).Begin(1), default);
}

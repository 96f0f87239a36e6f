using Compressor.Concurrency;
using Compressor.Payload;
using Compressor.Tests.Prediction;

namespace Compressor.Tests.Payload;

public sealed class TokenCoderTests
{
    private const int VocabularySize = 288;

    private static readonly AdaptiveModel Model = new(VocabularySize);

    [Theory]
    [InlineData(1, 10)]
    [InlineData(2, 10)]
    [InlineData(4, 10)]
    [InlineData(20, 10)]
    [InlineData(3, 0)]
    public void AnyNumberOfThreadsDecodesTheSameTokensInTheSameOrder(int threads, int memoryBits)
    {
        var (tokens, layout, payload) = Encoded(memoryBits);
        var received = new List<(int Lane, int Token)>();
        Decode(payload, layout, memoryBits, threads, (lane, token) => received.Add((lane, token)));

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

    private static (int[] Tokens, LaneLayout Layout, byte[] Payload) Encoded(int memoryBits)
    {
        var random = new Random(1);
        var tokens = new int[1000];
        for (var i = 0; i < tokens.Length; i++)
            tokens[i] = i % 7 < 5 ? i % 7 : random.Next(VocabularySize);
        var layout = new LaneLayout(tokens.Length, 9); // the last step has a single lane
        return (tokens, layout, TokenCoder.Encode(Model, tokens, layout, memoryBits, null, 1, null, default));
    }

    private static void Decode(byte[] payload, LaneLayout layout, int memoryBits, int threads, Action<int, int> receive) =>
        TokenCoder.Decode(Model, payload, layout, memoryBits, null, threads, receive, new ProgressMeter(null).Begin(1), default);
}

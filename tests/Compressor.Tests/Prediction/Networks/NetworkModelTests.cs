using System.Runtime.CompilerServices;
using Compressor.Prediction;
using Compressor.Prediction.Networks;
using Compressor.RangeCoding;

namespace Compressor.Tests.Prediction.Networks;

/// <summary>What becomes of a network's states, and of the memory that pointers lead into.</summary>
public sealed class NetworkModelTests
{
    [Fact]
    public void StatesAreDisposedHoweverScoringEnds()
    {
        var network = new CountingNetwork();
        var model = new NetworkModel(network);
        Scores.IntervalsOf(model, new int[100]);
        Assert.Equal((1, 0), (network.Opened, network.Open));

        using var cancellation = new CancellationTokenSource();
        network.OnRun = cancellation.Cancel;
        Assert.Throws<OperationCanceledException>(() => Scores.IntervalsOf(model, new int[100], cancellation.Token));
        Assert.Equal((2, 0), (network.Opened, network.Open));

        network.OnRun = () => throw new IOException("the device is gone");
        Assert.Throws<IOException>(() => Scores.IntervalsOf(model, new int[100]));
        Assert.Equal((3, 0), (network.Opened, network.Open));
    }

    [Fact]
    public void SessionsDisposeTheirState()
    {
        var network = new CountingNetwork();
        var model = new NetworkModel(network);
        using (ILaneSession session = model.OpenSession(3))
        {
            Assert.Equal(1, network.Open);
            network.OnRun = () => throw new IOException("the device is gone");
            Assert.Throws<IOException>(() => session.Predict(3));
        }
        Assert.Equal(0, network.Open);
        Assert.Throws<ArgumentOutOfRangeException>(() => model.OpenSession(0));
    }

    /// <summary>A pass that was disposed is used again, and what is disposed is not used.</summary>
    [Fact]
    public void PassesAreForgottenWhenReopened()
    {
        ModelConfig config = RandomModel.Config();
        var network = new NgramTransformer(config, RandomModel.Weights(config, 1));
        int[] first = [network.StartToken, 7, 9], second = [network.StartToken, 200];
        int[] wanted = Weights(network, second);
        _ = Weights(network, first);
        Assert.Equal(wanted, Weights(network, second));

        INetworkState state = network.Open(1, network.ScoredRows);
        state.Dispose();
        state.Dispose();
        Assert.Throws<ObjectDisposedException>(() => state.Run(first, 1));
        using INetworkState one = network.Open(1, network.ScoredRows), two = network.Open(1, network.ScoredRows);
        Assert.NotSame(one, two);   // though it was disposed twice
    }

    /// <summary>
    /// Scores with models that nothing else refers to while another thread collects garbage and writes over what was freed.
    /// </summary>
    [Fact]
    public async Task MemoryInUseIsNotCollected()
    {
        ModelConfig config = RandomModel.Config();
        SafetensorsFile file = RandomModel.Weights(config, 1);
        int[] tokens = RandomModel.Tokens(70, 2);
        Interval[] wanted = Score(config, file, tokens);
        using var stop = new CancellationTokenSource();
        Task collector = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                GC.Collect();
                for (int length = 64; length <= 1 << 16; length *= 2)
                    GC.AllocateUninitializedArray<byte>(length, pinned: true).AsSpan().Fill(0xA5);
            }
        });
        for (int i = 0; i < 40; i++)
            Assert.Equal(wanted, Score(config, file, tokens));
        await stop.CancelAsync();
        await collector;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Interval[] Score(ModelConfig config, SafetensorsFile file, int[] tokens) =>
        Scores.IntervalsOf(new NetworkModel(new NgramTransformer(config, file)), tokens);

    private static int[] Weights(NgramTransformer network, int[] tokens)
    {
        int length = TokenDistribution.RowLength(network.VocabularySize);
        int[] weights = new int[tokens.Length * length];
        using INetworkState state = network.Open(1, network.ScoredRows);
        state.Run(tokens, 1);
        state.VocabularyWeights(0, tokens.Length, weights);
        return weights;
    }

    /// <summary>All tokens are equally likely; counts its states.</summary>
    private sealed class CountingNetwork : INetwork
    {
        public int VocabularySize => 300;

        public int StartToken => 256;

        public int ScoredRows => 16;

        public int VocabularyTile => 5;

        public int Opened { get; private set; }

        public int Open { get; private set; }

        public Action? OnRun { get; set; }

        INetworkState INetwork.Open(int lanes, int maxRows)
        {
            Opened++;
            Open++;
            return new State(this);
        }

        private sealed class State(CountingNetwork network) : INetworkState
        {
            public void Run(ReadOnlySpan<int> tokens, int lanes) => network.OnRun?.Invoke();

            public void VocabularyWeights(int first, int count, Span<int> weights)
            {
                weights.Fill(1);
                int length = TokenDistribution.RowLength(network.VocabularySize);
                for (int row = 0; row < count; row++) weights.Slice(row * length, length)[network.VocabularySize..].Clear();
            }

            public void Dispose() => network.Open--;
        }
    }
}

using Compressor.Prediction;
using Compressor.Prediction.Networks;

namespace Compressor.Tests.Prediction.Networks;

/// <summary>What becomes of a network's states.</summary>
public sealed class NetworkModelTests
{
    [Fact]
    public void StatesAreDisposedHoweverScoringEnds()
    {
        var network = new FlatNetwork(300);
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
        var network = new FlatNetwork(300);
        var model = new NetworkModel(network);
        using (var session = model.OpenSession(3))
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
        var config = RandomModel.Config();
        var network = new NgramTransformer(config, RandomModel.Weights(config, 1));
        int[] first = [network.StartToken, 7, 9], second = [network.StartToken, 200];
        var wanted = Weights(network, second);
        _ = Weights(network, first);
        Assert.Equal(wanted, Weights(network, second));

        var state = network.Open(1, network.ScoredRows);
        state.Dispose();
        state.Dispose();
        Assert.Throws<ObjectDisposedException>(() => state.Run(first, 1));
        using INetworkState one = network.Open(1, network.ScoredRows), two = network.Open(1, network.ScoredRows);
        Assert.NotSame(one, two);   // though it was disposed twice
    }

    private static int[] Weights(NgramTransformer network, int[] tokens)
    {
        var length = TokenDistribution.RowLength(network.VocabularySize);
        var weights = new int[tokens.Length * length];
        using var state = network.Open(1, network.ScoredRows);
        state.Run(tokens, 1);
        state.VocabularyWeights(0, tokens.Length, weights);
        return weights;
    }
}

using Compressor.Prediction.Networks;
using Compressor.Tests.Prediction.Networks;

namespace Compressor.Tests.Payload;

public class DictionaryTokensTests
{
    [Fact]
    public void LearningADictionaryCanBeCancelled()
    {
        var tokenizer = Symbols.TestTokenizers.Words;
        var network = new FlatNetwork(tokenizer.VocabularySize);
        var model = new LanguageModel("flat", new ModelId([1, 2, 3, 4, 5, 6, 7, 8]), tokenizer, new NetworkModel(network));
        var dictionary = new LmzDictionary(SampleBytes.Text(6000, seed: 3)).For(model);
        using var cancellation = new CancellationTokenSource();
        var runs = 0;
        network.OnRun = () =>
        {
            if (++runs == 3)
                cancellation.Cancel();
        };
        Assert.ThrowsAny<OperationCanceledException>(() => dictionary.Decisions(cancellation.Token).Length);
        Assert.Equal((3, 0), (runs, network.Open));

        Assert.NotEqual(0, dictionary.Decisions(default).Length);
        Assert.InRange(runs, 10, int.MaxValue);
        Assert.NotEqual(0, dictionary.Decisions(cancellation.Token).Length); // it is known now
    }
}

using Compressor.Prediction;

namespace Compressor.Tests.Prediction;

/// <summary>A token model for tests that takes no time: all tokens are equally likely. Text still becomes smaller, as tokens are words.</summary>
internal sealed class UniformModel(int vocabularySize) : ITokenModel
{
    private readonly WeightRow _row = new(vocabularySize, _ => 1);

    public int VocabularySize => vocabularySize;

    /// <summary>A language model with the words of <see cref="Symbols.TestTokenizers"/>.</summary>
    public static LanguageModel Create() => new(
        "uniform", new ModelId([8, 7, 6, 5, 4, 3, 2, 1]), Symbols.TestTokenizers.Words, new UniformModel(Symbols.TestTokenizers.Words.VocabularySize));

    public ILaneScorer OpenScorer() => new Lanes(_row);

    public ILaneSession OpenSession(int lanes) => new Lanes(_row);

    private sealed class Lanes(WeightRow row) : ILaneSession, ILaneScorer
    {
        public void Score(ReadOnlySpan<int> tokens, DistributionReceiver receive, CancellationToken cancellation)
        {
            for (var i = 0; i < tokens.Length; i++)
                receive(i, row.Distribution);
        }

        public void Predict(int active)
        {
        }

        public TokenDistribution Distribution(int lane) => row.Distribution;

        public void Advance(ReadOnlySpan<int> tokens)
        {
        }

        public void Dispose()
        {
        }
    }
}

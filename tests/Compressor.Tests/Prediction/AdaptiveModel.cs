using Compressor.Prediction;
using Compressor.Symbols;
using Compressor.Tests.Symbols;

namespace Compressor.Tests.Prediction;

/// <summary>A token model for tests: counts which token followed which, from nothing.</summary>
internal sealed class AdaptiveModel(TokenTree vocabulary) : ITokenModel
{
    private const int CountWeight = 64;

    private int _scored;

    public int VocabularySize => vocabulary.VocabularySize;

    /// <summary>How many tokens have been scored.</summary>
    public int Scored => _scored;

    /// <summary>A language model with the words of <see cref="TestTokenizers"/>.</summary>
    public static LanguageModel Create(out AdaptiveModel tokenModel)
    {
        tokenModel = new AdaptiveModel(LanguageModel.VocabularyOf(TestTokenizers.Words));
        return new LanguageModel("adaptive", new ModelId([1, 2, 3, 4, 5, 6, 7, 8]), TestTokenizers.Words, tokenModel);
    }

    public ILaneScorer OpenScorer() => new Scorer(this);

    public ILaneSession OpenSession(int lanes) => new Session(vocabulary, lanes);

    private sealed class Scorer(AdaptiveModel model) : ILaneScorer
    {
        private readonly Lane _lane = new(model.Vocabulary);

        public void Score(ReadOnlySpan<int> tokens, DistributionReceiver receive, CancellationToken cancellation)
        {
            cancellation.ThrowIfCancellationRequested();
            Interlocked.Add(ref model._scored, tokens.Length);
            for (var i = 0; i < tokens.Length; i++)
            {
                receive(i, _lane.Distribution);
                _lane.Advance(tokens[i]);
            }
        }

        public void Dispose()
        {
        }
    }

    private TokenTree Vocabulary => vocabulary;

    private sealed class Session(TokenTree vocabulary, int lanes) : ILaneSession
    {
        private readonly Lane[] _lanes = [.. Enumerable.Range(0, lanes).Select(_ => new Lane(vocabulary))];
        private int _predicted; // lanes that may be asked for a token

        public void Predict(int active) => _predicted = active;

        public TokenDistribution Distribution(int lane)
        {
            Assert.InRange(lane, 0, _predicted - 1);
            return _lanes[lane].Distribution;
        }

        public void Advance(ReadOnlySpan<int> tokens)
        {
            Assert.InRange(tokens.Length, 0, _predicted);
            for (var lane = 0; lane < tokens.Length; lane++)
                _lanes[lane].Advance(tokens[lane]);
        }

        public void Dispose()
        {
        }
    }

    private sealed class Lane
    {
        private readonly TokenTree _vocabulary;
        private readonly int[]?[] _counts; // by id of the token before, by rank
        private readonly WeightRow _row;
        private int _previous = Tokenizer.BeginningOfSequence;

        public Lane(TokenTree vocabulary)
        {
            _vocabulary = vocabulary;
            _counts = new int[vocabulary.VocabularySize][];
            _row = new WeightRow(vocabulary.VocabularySize, rank => (Counts[rank] * CountWeight) + 1);
        }

        public TokenDistribution Distribution => _row.Distribution;

        private int[] Counts => _counts[_previous] ??= new int[_vocabulary.VocabularySize];

        public void Advance(int token)
        {
            Counts[_vocabulary.RankOf(token)]++;
            _previous = token;
        }
    }
}

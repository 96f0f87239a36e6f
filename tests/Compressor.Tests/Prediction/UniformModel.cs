using Compressor.Prediction;
using Compressor.RangeCoding;

namespace Compressor.Tests.Prediction;

/// <summary>A token model for tests that takes no time: all tokens are equally likely. Text still becomes smaller, as tokens are words.</summary>
internal sealed class UniformModel(int vocabularySize) : ITokenModel
{
    public int VocabularySize => vocabularySize;

    /// <summary>A language model with the words of <see cref="Symbols.TestTokenizers"/>.</summary>
    public static LanguageModel Create() => new(
        "uniform", new ModelId([8, 7, 6, 5, 4, 3, 2, 1]), Symbols.TestTokenizers.Words, new UniformModel(Symbols.TestTokenizers.Words.VocabularySize));

    public void Score(ReadOnlySpan<int> tokens, Span<Interval> intervals, Span<ushort> decisions, CancellationToken cancellation)
    {
        var bits = TokenPath.Bits(vocabularySize);
        for (var i = 0; i < tokens.Length; i++)
        {
            if (!intervals.IsEmpty)
                intervals[i] = IntervalOf(tokens[i]);
            var node = new Node(vocabularySize);
            for (var bit = 0; !decisions.IsEmpty && bit < bits; bit++)
            {
                decisions[(i * bits) + bit] = (ushort)node.DecisionProbability();
                node = node.Decide((tokens[i] >> (bits - 1 - bit)) & 1);
            }
        }
    }

    public ILaneSession OpenSession(int lanes) => new Session(this, lanes);

    private uint Start(int token) => (uint)((ulong)token * Interval.Total / (uint)vocabularySize);

    private Interval IntervalOf(int token) => new(Start(token), Start(token + 1) - Start(token));

    /// <summary>The tokens that the bits so far allow.</summary>
    private readonly record struct Node(int VocabularySize, int Low, int Size)
    {
        public Node(int vocabularySize)
            : this(vocabularySize, 0, 1 << TokenPath.Bits(vocabularySize))
        {
        }

        public int DecisionProbability()
        {
            var (all, ones) = (Count(Low, Size), Count(Low + (Size / 2), Size / 2));
            return all == 0 ? 1 << 15 : Math.Clamp((ones << 16) / all, 1, (1 << 16) - 1);
        }

        public Node Decide(int bit) => this with { Low = Low + (bit * Size / 2), Size = Size / 2 };

        private int Count(int low, int size) => Math.Clamp(VocabularySize - low, 0, size);
    }

    private sealed class Session(UniformModel model, int lanes) : ILaneSession
    {
        private readonly Node[] _nodes = [.. Enumerable.Repeat(new Node(model.VocabularySize), lanes)];

        public void Predict(int active)
        {
        }

        public int Find(int lane, uint quantile, out Interval interval)
        {
            var token = (int)((ulong)quantile * (uint)model.VocabularySize / Interval.Total);
            while (token + 1 < model.VocabularySize && model.Start(token + 1) <= quantile)
                token++;
            interval = model.IntervalOf(token);
            return token;
        }

        public int DecisionProbability(int lane) => _nodes[lane].DecisionProbability();

        public void Decide(int lane, int bit) => _nodes[lane] = _nodes[lane].Decide(bit);

        public void Advance(ReadOnlySpan<int> tokens) => Array.Fill(_nodes, new Node(model.VocabularySize));

        public void Dispose()
        {
        }
    }
}

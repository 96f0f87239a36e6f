using Compressor.Prediction;
using Compressor.RangeCoding;

namespace Compressor.Tests.Prediction;

/// <summary>A token model for tests: counts which token followed which, from nothing. Scores by stepping a session.</summary>
internal sealed class AdaptiveModel(int vocabularySize) : ITokenModel
{
    private const int CountWeight = 64;

    private int _scored;

    public int VocabularySize => vocabularySize;

    /// <summary>How many tokens have been scored.</summary>
    public int Scored => _scored;

    /// <summary>A language model with the words of <see cref="Symbols.TestTokenizers"/>.</summary>
    public static LanguageModel Create(out AdaptiveModel tokenModel)
    {
        tokenModel = new AdaptiveModel(Symbols.TestTokenizers.Words.VocabularySize);
        return new LanguageModel("adaptive", new ModelId([1, 2, 3, 4, 5, 6, 7, 8]), Symbols.TestTokenizers.Words, tokenModel);
    }

    public void Score(ReadOnlySpan<int> tokens, Span<Interval> intervals, Span<ushort> decisions, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        Interlocked.Add(ref _scored, tokens.Length);
        var lane = new Lane(vocabularySize);
        var bits = TokenPath.Bits(vocabularySize);
        for (var i = 0; i < tokens.Length; i++)
        {
            if (!intervals.IsEmpty)
                intervals[i] = lane.IntervalOf(tokens[i]);
            if (!decisions.IsEmpty)
                lane.FollowPath(tokens[i], decisions.Slice(i * bits, bits));
            lane.Advance(tokens[i]);
        }
    }

    public ILaneSession OpenSession(int lanes) => new Session(vocabularySize, lanes);

    private sealed class Session : ILaneSession
    {
        private readonly Lane[] _lanes;
        private int _predicted; // lanes that may be asked for a token

        public Session(int vocabularySize, int lanes)
        {
            _lanes = new Lane[lanes];
            for (var i = 0; i < lanes; i++)
                _lanes[i] = new Lane(vocabularySize);
        }

        public void Predict(int active) => _predicted = active;

        public int Find(int lane, uint quantile, out Interval interval)
        {
            Assert.InRange(lane, 0, _predicted - 1);
            Assert.InRange(quantile, 0u, Interval.Total - 1);
            return _lanes[lane].Find(quantile, out interval);
        }

        public int DecisionProbability(int lane) => _lanes[lane].DecisionProbability();

        public void Decide(int lane, int bit) => _lanes[lane].Decide(bit);

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

    private sealed class Lane(int vocabularySize)
    {
        private readonly int[]?[] _counts = new int[vocabularySize][];
        private readonly long[] _totals = new long[vocabularySize];
        private int _previous = Compressor.Symbols.Tokenizer.BeginningOfSequence;
        private int _low;
        private int _size = 1 << TokenPath.Bits(vocabularySize);

        private int[] Counts => _counts[_previous] ??= new int[vocabularySize];

        public void Advance(int token)
        {
            Counts[token]++;
            _totals[_previous]++;
            _previous = token;
            _low = 0;
            _size = 1 << TokenPath.Bits(vocabularySize);
        }

        public int DecisionProbability()
        {
            uint low = At(_low), middle = At(_low + (_size / 2)), high = At(_low + _size);
            return high == low ? 1 << 15 : Math.Clamp((int)(((ulong)(high - middle) << 16) / (high - low)), 1, (1 << 16) - 1);
        }

        public void Decide(int bit)
        {
            _size /= 2;
            _low += bit * _size;
        }

        public void FollowPath(int token, Span<ushort> decisions)
        {
            for (var i = 0; i < decisions.Length; i++)
            {
                decisions[i] = (ushort)DecisionProbability();
                Decide((token >> (decisions.Length - 1 - i)) & 1);
            }
        }

        public Interval IntervalOf(int token)
        {
            var before = Sum(Counts.AsSpan(0, token));
            return Between(token, before, before + Counts[token]);
        }

        public int Find(uint quantile, out Interval interval)
        {
            for (var (token, before) = (0, 0L); ; before += Counts[token++])
            {
                interval = Between(token, before, before + Counts[token]);
                if (quantile - interval.Start < interval.Width)
                    return token;
            }
        }

        private static long Sum(ReadOnlySpan<int> counts)
        {
            var sum = 0L;
            foreach (var count in counts)
                sum += count;
            return sum;
        }

        private Interval Between(int token, long before, long after)
        {
            var start = Cumulative(token, before);
            return new Interval(start, Cumulative(token + 1, after) - start);
        }

        private uint At(int token) => token >= vocabularySize ? Interval.Total : Cumulative(token, Sum(Counts.AsSpan(0, token)));

        private uint Cumulative(int token, long count) =>
            (uint)(((count * CountWeight) + token) * Interval.Total / ((_totals[_previous] * CountWeight) + vocabularySize));
    }
}

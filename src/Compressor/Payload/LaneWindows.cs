using Compressor.Concurrency;
using Compressor.Prediction;
using Compressor.RangeCoding;

namespace Compressor.Payload;

/// <summary>
/// What a network makes of the tokens of a block, a window of steps of all lanes at a time: while one window is coded, the next is computed,
/// lane by lane, by all threads that are free.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="tokens">Ids of all tokens of the block.</param>
/// <param name="layout">How they are dealt out to lanes.</param>
/// <param name="whole">Whether intervals of whole tokens are wanted; else the probabilities of decisions.</param>
internal sealed class LaneWindows(LanguageModel model, int[] tokens, LaneLayout layout, bool whole) : IDisposable
{
    /// <summary>Steps of a window.</summary>
    private const int Length = 128;

    private readonly Lane[] _lanes = [.. Enumerable.Range(0, layout.Lanes).Select(_ => new Lane(model.TokenModel.OpenScorer()))];

    /// <summary>Goes through the block.</summary>
    /// <param name="context">Ids of the tokens that come before every lane.</param>
    /// <param name="threads">How many threads may work.</param>
    /// <param name="code">Codes the tokens of a step, all lanes in order; called for one step after the other.</param>
    /// <param name="cancellation">Checked often.</param>
    public void Run(ReadOnlyMemory<int> context, int threads, Action<int> code, CancellationToken cancellation)
    {
        const int Coding = -1;
        var windows = (layout.Steps + Length - 1) / Length;
        for (var window = 0; window <= windows; window++)
        {
            var (scored, coded) = (window, window - 1);
            var work = Enumerable.Range(0, scored < windows ? layout.Lanes : 0).Append(Coding);
            LongestJobFirst.Run(work, item => item == Coding ? 1 : 0, item =>
            {
                if (item != Coding)
                {
                    Score(item, scored, context.Span, cancellation);
                    return;
                }

                for (var step = coded * Length; step >= 0 && step < Math.Min((coded + 1) * Length, layout.Steps); step++)
                    code(step);
            }, threads, cancellation);
            foreach (var lane in _lanes)
                lane.Swap();
        }
    }

    /// <summary>The interval of a token of the step that is coded.</summary>
    public Interval IntervalOf(int lane, int step) => _lanes[lane].Coded.Intervals[step % Length];

    /// <summary>The probabilities of the decisions of the lane's tokens that were not taken yet, in order.</summary>
    public ReadOnlySpan<ushort> DecisionsOf(int lane) => _lanes[lane].Coded.Decisions.AsSpan(_lanes[lane].Coded.Taken);

    /// <summary>Takes some of them.</summary>
    public void Take(int lane, int count) => _lanes[lane].Coded.Taken += count;

    public void Dispose()
    {
        foreach (var lane in _lanes)
            lane.Scorer.Dispose();
    }

    private void Score(int index, int window, ReadOnlySpan<int> context, CancellationToken cancellation)
    {
        var (lane, vocabulary) = (_lanes[index], model.Vocabulary);
        var target = lane.Scored;
        target.Clear();
        if (window == 0)
            lane.Scorer.Score(context, (_, _) => { }, cancellation);
        var (start, end) = (layout.StartOf(index), layout.StartOf(index + 1));
        var first = Math.Min(start + (window * Length), end);
        var count = Math.Min(Length, end - first);
        lane.Scorer.Score(tokens.AsSpan(first, count), (i, distribution) =>
        {
            var rank = vocabulary.RankOf(tokens[first + i]);
            if (whole)
                target.Intervals[i] = distribution.IntervalOf(rank);
            else
                PathProbabilities.Follow(vocabulary, rank, distribution, target.Append(vocabulary.DecisionsOf(rank)));
        }, cancellation);
    }

    private sealed class Lane(ILaneScorer scorer)
    {
        public ILaneScorer Scorer => scorer;

        /// <summary>The window that is being scored.</summary>
        public Window Scored { get; private set; } = new();

        /// <summary>The window that is being coded.</summary>
        public Window Coded { get; private set; } = new();

        public void Swap() => (Scored, Coded) = (Coded, Scored);
    }

    private sealed class Window
    {
        private int _count;

        public Interval[] Intervals { get; } = new Interval[Length];

        public ushort[] Decisions { get; private set; } = [];

        /// <summary>How many decisions were taken.</summary>
        public int Taken { get; set; }

        public void Clear() => _count = Taken = 0;

        /// <summary>Room for more decisions.</summary>
        public Span<ushort> Append(int count)
        {
            if (_count + count > Decisions.Length)
            {
                var longer = new ushort[Math.Max(2 * Decisions.Length, _count + count)];
                Decisions.AsSpan(0, _count).CopyTo(longer);
                Decisions = longer;
            }

            _count += count;
            return Decisions.AsSpan(_count - count, count);
        }
    }
}

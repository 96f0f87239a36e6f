using BenchmarkDotNet.Attributes;
using Compressor.Payload;
using Compressor.Prediction;
using Compressor.RangeCoding;

namespace Compressor.Benchmarks;

/// <summary>What follows the network when a block is encoded: memory and range coder. The figures are of one token of twelve decisions.</summary>
[Config(typeof(ShortRunConfig))]
public class CoderBenchmark
{
    private const int Tokens = 1 << 15;
    private readonly int[] _tokens = new int[Tokens];
    private readonly Scored _model = new();

    [GlobalSetup]
    public void Setup()
    {
        LanguageModel model = LanguageModel.Default;
        List<int> tokens = [];
        model.Tokenizer.Encode(SampleTexts.Make("documentation"), tokens);
        for (int i = 0; i < Tokens; i++) _tokens[i] = tokens[i % tokens.Count];
        _model.Score(model.TokenModel, _tokens);
    }

    [Benchmark(OperationsPerInvoke = Tokens)]
    public byte[] MemoryAndRangeCoder() => TokenCoder.Encode(_model, _tokens, new LaneLayout(Tokens, 1), 17, null, 1, null, default);

    [Benchmark(OperationsPerInvoke = Tokens)]
    public byte[] RangeCoderAlone() => TokenCoder.Encode(_model, _tokens, new LaneLayout(Tokens, 1), 0, null, 1, null, default);

    /// <summary>A model that has done its work: it says what it said before.</summary>
    private sealed class Scored : ITokenModel
    {
        private Interval[] _intervals = [];
        private ushort[] _decisions = [];

        public int VocabularySize { get; private set; }

        public void Score(ITokenModel model, int[] tokens)
        {
            VocabularySize = model.VocabularySize;
            _intervals = new Interval[tokens.Length];
            _decisions = new ushort[tokens.Length * TokenPath.Bits(VocabularySize)];
            model.Score(tokens, _intervals, _decisions, default);
        }

        public void Score(ReadOnlySpan<int> tokens, Span<Interval> intervals, Span<ushort> decisions, CancellationToken cancellation)
        {
            if (!intervals.IsEmpty) _intervals.CopyTo(intervals);
            if (!decisions.IsEmpty) _decisions.CopyTo(decisions);
        }

        public ILaneSession OpenSession(int lanes) => throw new NotSupportedException();
    }
}

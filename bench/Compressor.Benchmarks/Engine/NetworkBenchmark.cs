using BenchmarkDotNet.Attributes;
using Compressor.Prediction;
using Compressor.RangeCoding;

namespace Compressor.Benchmarks;

/// <summary>
/// The network of en-fast on one core: a decoding step of some lanes and an encoding of 1024 tokens. The figures are of one token.
/// Verified: both give the same probabilities.
/// </summary>
[Config(typeof(ShortRunConfig))]
public class NetworkBenchmark
{
    private const int Tokens = 1024;
    private readonly int[] _tokens = new int[Tokens];
    private ITokenModel _model = null!;
    private ILaneSession _one = null!, _eight = null!, _sixteen = null!;
    private readonly Interval[] _intervals = new Interval[Tokens];

    [GlobalSetup]
    public void Setup()
    {
        var model = LanguageModel.Default;
        _model = model.TokenModel;
        List<int> tokens = [];
        model.Tokenizer.Encode(SampleTexts.Make("documentation"), tokens);
        for (var i = 0; i < Tokens; i++) _tokens[i] = tokens[i % tokens.Count];
        Encode();
        using var lane = _model.OpenSession(1);
        for (var i = 0; i < 300; i++)
        {
            lane.Predict(1);
            if (lane.Distribution(0).IntervalOf(_tokens[i]) != _intervals[i]) throw new InvalidOperationException("Decoding disagrees with encoding.");
            lane.Advance([_tokens[i]]);
        }
        (_one, _eight, _sixteen) = (FullWindow(1), FullWindow(8), FullWindow(16));
    }

    [Benchmark(OperationsPerInvoke = Tokens)]
    public void Encode()
    {
        using var scorer = _model.OpenScorer();
        scorer.Score(_tokens, (i, distribution) => _intervals[i] = distribution.IntervalOf(_tokens[i]), default);
    }

    [Benchmark]
    public void DecodeOneLane() => Step(_one, 1);

    [Benchmark(OperationsPerInvoke = 8)]
    public void DecodeEightLanes() => Step(_eight, 8);

    [Benchmark(OperationsPerInvoke = 16)]
    public void DecodeSixteenLanes() => Step(_sixteen, 16);

    private void Step(ILaneSession session, int lanes)
    {
        session.Predict(lanes);
        session.Advance(_tokens.AsSpan(0, lanes));
    }

    private ILaneSession FullWindow(int lanes)
    {
        var session = _model.OpenSession(lanes);
        for (var i = 0; i < 300; i++) Step(session, lanes);
        return session;
    }
}

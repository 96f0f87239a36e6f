using BenchmarkDotNet.Attributes;
using Compressor.Payload;
using Compressor.Prediction;
using Compressor.Prediction.Mixing;

namespace Compressor.Benchmarks;

/// <summary>What follows the network when a block is encoded: mixing, in its two forms, and the range coder. The figures are of one token.</summary>
[Config(typeof(ShortRunConfig))]
public class CoderBenchmark
{
    private const int Tokens = 1 << 15, TableBits = 20;
    private readonly int[] _tokens = new int[Tokens];
    private LanguageModel _model = null!;

    [GlobalSetup]
    public void Setup()
    {
        var model = LanguageModel.Default;
        List<int> tokens = [];
        model.Tokenizer.Encode(SampleTexts.Make("documentation"), tokens);
        for (var i = 0; i < Tokens; i++) _tokens[i] = tokens[i % tokens.Count];
        _model = new LanguageModel("scored", model.Id, model.Tokenizer, new OneDistribution(model.TokenModel));
    }

    [Benchmark(OperationsPerInvoke = Tokens)]
    public byte[] Mixing() => Encode(new MixingParameters(default, TableBits));

    [Benchmark(OperationsPerInvoke = Tokens)]
    public byte[] FastMixing() => Encode(new MixingParameters(new ByteShape(ByteProfile.Text, 0, Fast: true), TableBits));

    [Benchmark(OperationsPerInvoke = Tokens)]
    public byte[] RangeCoderAlone() => Encode(null);

    private byte[] Encode(MixingParameters? mixing) => TokenCoder.Encode(_model, _tokens, new LaneLayout(Tokens, 1), mixing, null, 1, null, default);

    /// <summary>A model that has done its work: it says of every token what a network says of the first.</summary>
    private sealed class OneDistribution(ITokenModel model) : ITokenModel
    {
        private readonly ILaneSession _first = First(model);

        public int VocabularySize => model.VocabularySize;

        public ILaneScorer OpenScorer() => new Scorer(_first);

        public ILaneSession OpenSession(int lanes) => throw new NotSupportedException();

        private static ILaneSession First(ITokenModel model)
        {
            var session = model.OpenSession(1);
            session.Predict(1);
            return session;
        }

        private sealed class Scorer(ILaneSession first) : ILaneScorer
        {
            public void Score(ReadOnlySpan<int> tokens, DistributionReceiver receive, CancellationToken cancellation)
            {
                for (var i = 0; i < tokens.Length; i++) receive(i, first.Distribution(0));
            }

            public void Dispose()
            {
            }
        }
    }
}

using Compressor.Blocks;
using Compressor.Concurrency;
using Compressor.Payload;
using Compressor.Prediction;
using Compressor.Prediction.Mixing;
using Compressor.RangeCoding;

namespace Compressor.Benchmarks.Joined;

/// <summary>The payload of a file in each form, as one lane. Each is decoded and compared before its length is told.</summary>
internal sealed class FileForms
{
    private readonly LanguageModel _model;
    private readonly byte[] _content;
    private readonly int[] _tokens;
    private readonly LaneLayout _layout;
    private readonly MixingParameters _mixing;

    /// <param name="model">The network.</param>
    /// <param name="content">At least one byte.</param>
    /// <param name="fast">Whether few contexts are mixed.</param>
    public FileForms(LanguageModel model, byte[] content, bool fast)
    {
        var tokens = new List<int>();
        model.Tokenizer.Encode(content, tokens);
        (_model, _content, _tokens) = (model, content, [.. tokens]);
        _layout = new LaneLayout(_tokens.Length, 1);
        _mixing = new MixingParameters(new ByteShape(ByteProfile.Text, 0, fast), MixingParameters.MaxTableBits(content.Length));
    }

    /// <summary>The content as bytes that mixing alone predicts.</summary>
    public static int Bytes(byte[] content, bool fast)
    {
        var mixing = new MixingParameters(ByteShapeDetector.Find(content, fast, default), MixingParameters.MaxTableBits(content.Length));
        var payload = ByteCoder.Encode(content, mixing, [], null, default);
        Compare(content, ByteCoder.Decode(payload, content.Length, mixing, [], NoProgress, default));
        return payload.Length;
    }

    /// <summary>As tokens that the network alone predicts.</summary>
    public int Network() => Encode(null, null);

    /// <summary>As tokens that both predict, and what their decisions were.</summary>
    public (int Length, DecisionCount Decisions) Joined()
    {
        var decisions = new DecisionCount(_model.Vocabulary);
        return (Encode(_mixing, decisions), decisions);
    }

    /// <summary>As tokens, by the same mixing, under a network that finds all tokens equally likely.</summary>
    public int JoinedWithoutNetwork()
    {
        var encoder = new RangeEncoder();
        using (var mixing = Open())
        {
            foreach (var token in _tokens)
            {
                var coder = new DecisionCoding.Encoder(encoder, _model.Vocabulary.RankOf(token));
                var network = new Indifferent();
                DecisionCoding.CodeToken(mixing, 0, ref coder, ref network);
            }
        }

        var payload = encoder.Finish().ToArray();
        using var decoding = Open();
        var decoder = new RangeDecoder(payload);
        foreach (var _ in _tokens)
        {
            var coder = new DecisionCoding.Decoder(decoder);
            var network = new Indifferent();
            DecisionCoding.CodeToken(decoding, 0, ref coder, ref network);
        }

        decoder.Finish();
        Compare(_content, decoding.ContentOf(0));
        return payload.Length;
    }

    private static ProgressMeter.Part NoProgress => new ProgressMeter(null).Begin(1);

    private TokenMixingModel Open() => TokenCoder.Open(_model, _mixing, _layout, _content.Length, null, default)!;

    private int Encode(MixingParameters? mixing, DecisionCount? observer)
    {
        var payload = TokenCoder.Encode(_model, _tokens, _layout, mixing, null, 1, null, default);
        var decoded = new List<byte>(_content.Length);
        TokenCoder.Decode(_model, payload, _layout, mixing, _content.Length, null, 1,
            (_, token) => decoded.AddRange(_model.Tokenizer.BytesOf(token)), NoProgress, default, observer);
        Compare(_content, decoded.ToArray());
        return payload.Length;
    }

    private static void Compare(ReadOnlySpan<byte> content, ReadOnlySpan<byte> decoded)
    {
        if (!content.SequenceEqual(decoded))
            throw new InvalidDataException("A file did not come back.");
    }

    /// <summary>Says of each decision how many of the tokens that are left have a 1.</summary>
    private readonly struct Indifferent : INetworkDecisions
    {
        public void Next(in TokenPath path, scoped Span<int> probabilities) =>
            probabilities.Fill((int)Math.Clamp(((long)(path.High - path.Middle) << 16) / (path.High - path.Low), 1, (1 << 16) - 1));

        public void Take(int bit)
        {
        }
    }
}

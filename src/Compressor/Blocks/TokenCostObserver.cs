using Compressor.Payload;
using Compressor.Prediction;
using Compressor.RangeCoding;

namespace Compressor.Blocks;

/// <summary>Adds up what each token cost. Its logarithms are for people to read: nothing is coded by them.</summary>
/// <param name="model">Knows the bytes of tokens.</param>
/// <param name="tokens">The number of tokens of the block.</param>
/// <param name="detailed">For so many tokens from the first, what was predicted is kept too.</param>
internal sealed class TokenCostObserver(LanguageModel model, int tokens, int detailed) : ITokenObserver
{
    /// <summary>How many predictions are kept.</summary>
    private const int MaxPredictions = 5;

    private const double Whole = 1u << Interval.PrecisionBits, Half = 1 << 16;

    private readonly LmzTokenCost[] _costs = new LmzTokenCost[tokens];
    private int _index;
    private double _bits, _modelBits;
    private LmzPrediction[] _predictions = [];

    /// <summary>The tokens in the order of the content, once all are decoded.</summary>
    public IReadOnlyList<LmzTokenCost> Costs => _costs;

    /// <inheritdoc/>
    public void Begin(int index, TokenDistribution distribution)
    {
        _index = index;
        _bits = _modelBits = 0;
        _predictions = index < detailed ? Best(distribution) : [];
    }

    /// <inheritdoc/>
    public void SeeInterval(Interval interval) => _bits = _modelBits = -Math.Log2(interval.Width / Whole);

    /// <inheritdoc/>
    public void SeeDecision(int bit, int coded, int modelled)
    {
        _bits -= Math.Log2((bit == 1 ? coded : Half - coded) / Half);
        _modelBits -= Math.Log2((bit == 1 ? modelled : Half - modelled) / Half);
    }

    /// <inheritdoc/>
    public void End(int token) => _costs[_index] = new LmzTokenCost(Bytes(token), _bits, _modelBits, _predictions);

    /// <summary>Walks the distribution from interval to interval.</summary>
    private LmzPrediction[] Best(TokenDistribution distribution)
    {
        var best = new PriorityQueue<int, uint>();
        for (var quantile = 0u; quantile < 1u << Interval.PrecisionBits;)
        {
            var token = model.Vocabulary.IdOf(distribution.Find(quantile, out var interval));
            best.Enqueue(token, interval.Width);
            if (best.Count > MaxPredictions)
                best.Dequeue();
            quantile = interval.Start + interval.Width;
        }

        var predictions = new LmzPrediction[best.Count];
        for (var i = predictions.Length - 1; i >= 0; i--)
        {
            best.TryDequeue(out var token, out var width);
            predictions[i] = new LmzPrediction(Bytes(token), width / Whole);
        }

        return predictions;
    }

    private ReadOnlyMemory<byte> Bytes(int token) => model.Tokenizer.BytesOf(token).ToArray();
}

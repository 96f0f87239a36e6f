using Compressor.Prediction;
using Compressor.Prediction.Mixing;
using Compressor.RangeCoding;

namespace Compressor.Payload;

/// <summary>What becomes of a decision whose probability is known: it is encoded, decoded, or only learned.</summary>
internal interface IDecisionCoder
{
    /// <param name="middle">The ranks from here on are those of a 1.</param>
    /// <param name="probability">Of a 1, of 2^16.</param>
    /// <returns>The decision.</returns>
    int Code(int middle, int probability);
}

/// <summary>What a network makes of the decisions of a token, one after the other.</summary>
internal interface INetworkDecisions
{
    /// <summary>Gives the probability that the next decision is a 1, of 2^16, by each network.</summary>
    void Next(in TokenPath path, scoped Span<int> probabilities);

    /// <summary>Tells that decision.</summary>
    void Take(int bit);
}

/// <summary>A token on its way through mixing: the same way for encoder, decoder and dictionary.</summary>
internal static class DecisionCoding
{
    /// <summary>Codes the next token of a lane; returns its rank.</summary>
    public static int CodeToken<TCoder, TNetwork>(
        TokenMixingModel mixing, int lane, ref TCoder coder, ref TNetwork network, ITokenObserver? observer = null)
        where TCoder : struct, IDecisionCoder, allows ref struct
        where TNetwork : struct, INetworkDecisions, allows ref struct
    {
        Span<int> modelled = stackalloc int[mixing.Networks];
        mixing.Begin(lane);
        while (mixing.Path.Middle != 0)
        {
            network.Next(mixing.Path, modelled);
            var coded = mixing.Predict(modelled);
            var bit = coder.Code(mixing.Path.Middle, coded);
            observer?.SeeDecision(bit, coded, modelled[0]);
            network.Take(bit);
            mixing.Update(bit);
        }

        return mixing.Path.Low;
    }

    /// <summary>Encodes the decisions that lead to a token.</summary>
    public readonly struct Encoder(RangeEncoder encoder, int rank) : IDecisionCoder
    {
        /// <inheritdoc/>
        public int Code(int middle, int probability)
        {
            var bit = rank >= middle ? 1 : 0;
            encoder.EncodeBit(bit, probability);
            return bit;
        }
    }

    /// <summary>Decodes the decisions.</summary>
    public readonly struct Decoder(RangeDecoder decoder) : IDecisionCoder
    {
        /// <inheritdoc/>
        public int Code(int middle, int probability) => decoder.DecodeBit(probability);
    }

    /// <summary>Knows the token that both sides have.</summary>
    public readonly struct Known(int rank) : IDecisionCoder
    {
        /// <inheritdoc/>
        public int Code(int middle, int probability) => rank >= middle ? 1 : 0;
    }

    /// <summary>Probabilities that were computed before, in the order of the decisions.</summary>
    public ref struct Scored(ReadOnlySpan<ushort> probabilities) : INetworkDecisions
    {
        private readonly ReadOnlySpan<ushort> _probabilities = probabilities;

        /// <summary>How many were asked for.</summary>
        public int Count { get; private set; }

        /// <inheritdoc/>
        public void Next(in TokenPath path, scoped Span<int> probabilities) => probabilities.Fill(_probabilities[Count++]);

        /// <inheritdoc/>
        public readonly void Take(int bit)
        {
        }
    }

    /// <summary>Probabilities of a network that learns, and those of one that does not, which were computed before.</summary>
    public ref struct Learned(TokenDistribution learned, ReadOnlySpan<ushort> probabilities) : INetworkDecisions
    {
        private readonly ReadOnlySpan<ushort> _probabilities = probabilities;
        private PathProbabilities _learned = new(learned);

        /// <summary>How many were asked for.</summary>
        public int Count { get; private set; }

        /// <inheritdoc/>
        public void Next(in TokenPath path, scoped Span<int> probabilities)
        {
            probabilities[0] = _learned.Next(path);
            probabilities[1] = _probabilities[Count++];
        }

        /// <inheritdoc/>
        public void Take(int bit) => _learned.Take(bit);
    }

    /// <summary>Probabilities of two distributions that are at hand.</summary>
    public ref struct Paired(TokenDistribution learned, TokenDistribution model) : INetworkDecisions
    {
        private PathProbabilities _learned = new(learned), _model = new(model);

        /// <inheritdoc/>
        public void Next(in TokenPath path, scoped Span<int> probabilities)
        {
            probabilities[0] = _learned.Next(path);
            probabilities[1] = _model.Next(path);
        }

        /// <inheritdoc/>
        public void Take(int bit)
        {
            _learned.Take(bit);
            _model.Take(bit);
        }
    }

    /// <summary>Probabilities of a distribution that is at hand.</summary>
    public ref struct Distributed(TokenDistribution distribution) : INetworkDecisions
    {
        private PathProbabilities _probabilities = new(distribution);

        /// <inheritdoc/>
        public void Next(in TokenPath path, scoped Span<int> probabilities) => probabilities[0] = _probabilities.Next(path);

        /// <inheritdoc/>
        public void Take(int bit) => _probabilities.Take(bit);
    }
}

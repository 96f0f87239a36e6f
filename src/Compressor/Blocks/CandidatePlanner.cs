using Compressor.Payload;
using Compressor.Prediction;
using Compressor.Prediction.Mixing;
using Compressor.RangeCoding;

namespace Compressor.Blocks;

/// <summary>
/// Decides which candidates of a block are tried. What the block looks like leaves the models that may be best; a sample, coded once by each of them and once as bytes,
/// leaves one candidate, or two that are so close that only trying tells. So compressing takes hardly longer than decompressing.
/// </summary>
/// <param name="models">The models that there are.</param>
/// <param name="settings">What may be tried.</param>
internal sealed class CandidatePlanner(ModelChoice models, BlockSettings settings)
{
    /// <summary>Content up to this length is not sampled: what it is decides, and all candidates together take some tens of milliseconds.</summary>
    private const int ShortContent = 1 << 13;

    /// <summary>The longest sample in bytes, and the most that all models together code, as a part of the content: a model takes four times as long as bytes do.</summary>
    private const int MaxSampleLength = 1 << 14, SampleShare = 16;

    /// <summary>A shorter sample says little: of short content, up to a larger part is coded.</summary>
    private const int MinSampleLength = 1 << 12, ShortSampleShare = 6;

    /// <summary>A shorter file has one lane and the full form.</summary>
    private const int LearnedContent = 1 << 16;

    /// <summary>Bytes gain more with length than tokens do: they are tried too where the sample as tokens comes to more than so many percent of it as bytes.</summary>
    private const int ClosePercent = 97;

    /// <summary>What to try for a block.</summary>
    /// <param name="content">The content.</param>
    /// <param name="text">The filtered content.</param>
    /// <param name="cancellation">Checked often.</param>
    public CandidatePlan Plan(ReadOnlySpan<byte> content, ReadOnlySpan<byte> text, CancellationToken cancellation)
    {
        var isRandom = Incompressible.Looks(content);
        if (isRandom && text.Length >= ShortContent)
            return CandidatePlan.Nothing;
        var candidates = settings.Tokens ? models.For(text, isSampled: text.Length >= ShortContent) : [];
        if (candidates is [])
            return !settings.Bytes || isRandom ? CandidatePlan.Nothing : CandidatePlan.BytesAlone;
        if (text.Length < ShortContent || (candidates.Count == 1 && !settings.Bytes && !settings.Mixing))
            return new CandidatePlan(candidates, settings.Bytes, true, 0);

        var length = Math.Min(MaxSampleLength, Math.Max(text.Length / SampleShare, Math.Min(MinSampleLength, text.Length / ShortSampleShare)) / candidates.Count);
        var sample = text.Slice((text.Length - length) / 2, length);
        var scouts = new List<Scout>();
        foreach (var model in candidates)
            scouts.Add(CodeAsTokens(model, sample, cancellation));
        var best = scouts.MinBy(scout => scout.Length)!; // the first of equal ones
        var mostIsLearned = text.Length < LearnedContent || best.Length * 10 < best.NetworkLength * 8;
        var expected = best.Length * text.Length / length;
        if (!settings.Bytes)
            return new CandidatePlan([best.Model], false, mostIsLearned, 0);
        var ofBytes = LengthAsBytes(sample, cancellation);
        return best.Length >= ofBytes
            ? CandidatePlan.BytesAlone
            : new CandidatePlan([best.Model], best.Length * 100 > ofBytes * ClosePercent, mostIsLearned, expected);
    }

    /// <summary>A sample as tokens in one lane.</summary>
    private Scout CodeAsTokens(LanguageModel model, ReadOnlySpan<byte> sample, CancellationToken cancellation)
    {
        var tokens = new List<int>();
        model.Tokenizer.Encode(sample, tokens);
        MixingParameters? mixing = settings.Mixing ? new(new ByteShape(ByteProfile.Text, 0, settings.FastTokens), settings.TableBitsFor(sample.Length)) : null;
        var cost = new NetworkCost();
        long length = TokenCoder.Encode(model, [.. tokens], new LaneLayout(tokens.Count, 1), mixing, null, 1, null, cancellation, cost).Length;
        return new Scout(model, length, mixing is null ? length : cost.Bytes);
    }

    private long LengthAsBytes(ReadOnlySpan<byte> sample, CancellationToken cancellation)
    {
        var mixing = new MixingParameters(new ByteShape(ByteProfile.Text, 0, settings.FastBytes), settings.TableBitsFor(sample.Length));
        return ByteCoder.Encode(sample, mixing, [], null, cancellation).Length;
    }

    /// <summary>What a model made of the sample.</summary>
    /// <param name="Model">The model.</param>
    /// <param name="Length">Bytes with mixing, if there is mixing.</param>
    /// <param name="NetworkLength">Bytes by the network alone.</param>
    private sealed record Scout(LanguageModel Model, long Length, long NetworkLength);

    /// <summary>Adds up what the decisions that mixing codes would cost by the network alone: a second result of the same pass.</summary>
    private sealed class NetworkCost : ITokenObserver
    {
        private long _cost;

        public long Bytes => _cost >> (InformationContent.FractionBits + 3);

        public void Begin(int index, TokenDistribution distribution)
        {
        }

        public void SeeInterval(Interval interval)
        {
        }

        public void SeeDecision(int bit, int coded, int modelled) => _cost += InformationContent.CostOf(bit, modelled);

        public void End(int token)
        {
        }
    }
}

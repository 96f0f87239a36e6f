using Compressor.Payload;
using Compressor.Prediction.Mixing;

namespace Compressor.Blocks;

/// <summary>Which candidates of a block are worth the time that they take.</summary>
/// <param name="Models">The models to try, the most promising first.</param>
/// <param name="Bytes">Whether to try bytes from the start.</param>
/// <param name="MostIsLearned">Whether mixing takes a fifth off what the best network makes of the sample: it will gain with length. True where no sample was taken.</param>
/// <param name="Expected">The length in bytes that the samples make one expect of tokens; 0 where no comparison was made.</param>
internal sealed record CandidatePlan(IReadOnlyList<LanguageModel> Models, bool Bytes, bool MostIsLearned, long Expected);

/// <summary>
/// Codes samples of a block to see which candidates need not be tried. A model takes most of the time, so it is only asked where it may win: a sample without
/// what comes before it favours the model, which knows its language from the start, while a memory gains with length. Where even so bytes are
/// smaller the model need not be tried; where it is far ahead, bytes need not.
/// </summary>
/// <param name="models">The models that there are.</param>
/// <param name="settings">What may be tried.</param>
internal sealed class CandidateSampler(ModelChoice models, BlockSettings settings)
{
    /// <summary>Samples that show whether a model knows the language, and the length of each in bytes.</summary>
    private const int LanguageSamples = 3, LanguageSampleLength = 1024;

    /// <summary>Content up to this length is not worth a comparison of samples: all that may be smallest is tried.</summary>
    private const int ShortContent = 1 << 16;

    /// <summary>The length of the sample that tokens and bytes are compared on.</summary>
    private const int ComparisonLength = 1 << 14;

    public CandidatePlan Plan(ReadOnlySpan<byte> text, CancellationToken cancellation)
    {
        List<LanguageModel> speaking = settings.Tokens ? [.. models.For(text)] : [];
        for (var i = speaking.Count - 1; i >= 0; i--)
        {
            if (!LooksLikeLanguage(speaking[i], text, cancellation))
                speaking.RemoveAt(i);
        }

        if (speaking.Count == 0 || text.Length < ShortContent || (!settings.Bytes && speaking.Count == 1))
            return new CandidatePlan(speaking, settings.Bytes, true, 0);

        var sample = text.Slice((text.Length - ComparisonLength) / 2, ComparisonLength);
        var lengths = new Dictionary<LanguageModel, long>();
        foreach (var model in speaking)
            lengths[model] = LengthOfTokens(model, sample, true, cancellation);
        var least = lengths.Values.Min();
        LanguageModel[] close = [.. speaking.Where(model => lengths[model] * 10 <= least * 11).OrderBy(model => lengths[model])]; // a stable sort
        var mostIsLearned = least * 10 < LengthOfTokens(close[0], sample, false, cancellation) * 8;
        if (!settings.Bytes)
            return new CandidatePlan(close, false, mostIsLearned, 0);
        long ofBytes = ByteCoder.Encode(sample, new MixingParameters(default, settings.TableBitsFor(sample.Length)), [], null, cancellation).Length;
        return new CandidatePlan(least < ofBytes ? close : [], least * 4 > ofBytes * 3, mostIsLearned, least * text.Length / ComparisonLength);
    }

    /// <summary>
    /// Whether a model makes a few samples smaller, or nearly: a sample starts without context. Scoring is nearly all
    /// of the work, and much of what people compress is compressed already.
    /// </summary>
    private bool LooksLikeLanguage(LanguageModel model, ReadOnlySpan<byte> text, CancellationToken cancellation)
    {
        if (text.Length < 8 * LanguageSamples * LanguageSampleLength)
            return true;

        var encodedLength = 0L;
        for (var sample = 0; sample < LanguageSamples; sample++)
        {
            // In the middle of each third.
            var start = ((long)text.Length * ((2 * sample) + 1) / (2 * LanguageSamples)) - (LanguageSampleLength / 2);
            encodedLength += LengthOfTokens(model, text.Slice((int)start, LanguageSampleLength), false, cancellation);
        }

        return encodedLength < LanguageSamples * LanguageSampleLength * 33 / 32;
    }

    /// <summary>The length in bytes of a sample that is coded as tokens in one lane, with mixing or without.</summary>
    private long LengthOfTokens(LanguageModel model, ReadOnlySpan<byte> sample, bool mixed, CancellationToken cancellation)
    {
        var tokens = new List<int>();
        model.Tokenizer.Encode(sample, tokens);
        MixingParameters? mixing = mixed && settings.Mixing
            ? new(new ByteShape(ByteProfile.Text, 0, settings.FastTokens), settings.TableBitsFor(sample.Length))
            : null;
        return TokenCoder.Encode(model, [.. tokens], new LaneLayout(tokens.Count, 1), mixing, null, 1, null, cancellation).Length;
    }
}

using Compressor.Concurrency;
using Compressor.Container;
using Compressor.Filters;
using Compressor.Payload;
using Compressor.Prediction.Mixing;

namespace Compressor.Blocks;

/// <summary>
/// Content → block. Keeps what is smallest: tokens (content → filter → tokens → lanes → payload), bytes, Brotli, or the content as it
/// is. Samples show which of them need not be tried.
/// </summary>
/// <param name="frame">The header of the frame that the blocks go to.</param>
/// <param name="model">The frame's model; null where the settings have no tokens.</param>
/// <param name="dictionary">The frame's dictionary; null for none.</param>
/// <param name="settings">What may be tried.</param>
/// <param name="threads">How many lanes of a block may be worked on at the same time; changes nothing about the result.</param>
internal sealed class BlockEncoder(FrameHeader frame, LanguageModel? model, LmzDictionary? dictionary, BlockSettings settings, int threads = 1)
{
    private const int Samples = 3;
    private const int SampleLength = 1024;

    /// <summary>Content up to this length is not worth a comparison of samples: all that may be smallest is tried.</summary>
    private const int ShortContent = 1 << 16;

    /// <summary>The length of the sample that tokens and bytes are compared on.</summary>
    private const int ComparisonLength = 1 << 14;

    /// <summary>Encodes 1 to <see cref="BlockHeader.MaxContentLength"/> bytes. May be called by many threads.</summary>
    public Block Encode(byte[] content, ProgressMeter progress, CancellationToken cancellation)
    {
        var part = progress.Begin(content.Length);
        var best = Finish(BlockHeader.Stored(content.Length), content, content);
        // A dictionary is not filtered, and what follows should look like it.
        var filtered = dictionary is null ? FilteredContent.Of(content) : FilteredContent.Unfiltered(content);
        var (tokens, bytes, mostIsLearned, expected) = WorthTrying(filtered.Text, cancellation);
        if (tokens && model is not null)
            best = Smaller(best, EncodeTokens(model, content, filtered, mostIsLearned, part, cancellation));

        // Less than half of what the sample came to: the block repeats itself as no sample can show, and there bytes may be ahead.
        if (bytes || LengthOf(best) < expected / 2)
            best = Smaller(best, EncodeBytes(content, filtered, tokens ? null : part, cancellation));

        // Brotli at its best takes about as long as the model does, and is seldom a fifth smaller than in its fast form:
        // where that is far from enough, it is spared.
        if (LengthOf(best) > BrotliCoder.Estimate(content) * 4L / 5)
            best = Smaller(best, EncodeBrotli(content));
        part.Reach(1, 1);
        return best;
    }

    private Block? EncodeTokens(
        LanguageModel language, byte[] content, FilteredContent filtered, bool mostIsLearned, ProgressMeter.Part progress, CancellationToken cancellation)
    {
        var tokens = new List<int>(filtered.Text.Length / 2);
        language.Tokenizer.Encode(filtered.Text, tokens);
        var layout = LaneLayout.For(tokens.Count, settings, mostIsLearned);
        var dictionaryTokens = dictionary?.For(language);
        MixingParameters? mixing = settings.Mixing
            ? new MixingParameters(new ByteShape(ByteProfile.Text, 0, settings.FastTokens && !mostIsLearned), TableBitsFor(content.Length + (dictionaryTokens?.Length ?? 0)))
            : null;
        var payload = TokenCoder.Encode(language, [.. tokens], layout, mixing, dictionaryTokens, threads, progress, cancellation);
        if (filtered.Data.Length + payload.Length >= content.Length)
            return null;
        var (shape, tableBits) = mixing ?? default;
        var header = BlockHeader.OfTokens(
            content.Length, filtered.Header, layout.Lanes, layout.Tokens, shape.Code, shape.Stride, tableBits, payload.Length);
        return Finish(header, [.. filtered.Data, .. payload], content);
    }

    private Block? EncodeBytes(byte[] content, FilteredContent filtered, ProgressMeter.Part? progress, CancellationToken cancellation)
    {
        var shape = ByteShapeDetector.Find(content, settings.FastBytes, cancellation);
        if (shape.Profile != ByteProfile.Text)
            filtered = FilteredContent.Unfiltered(content); // records and rows must keep their length
        var first = dictionary is null ? [] : dictionary.Content;
        var tableBits = TableBitsFor(content.Length + first.Length);
        var payload = ByteCoder.Encode(filtered.Text, new MixingParameters(shape, tableBits), first, progress, cancellation);
        if (filtered.Data.Length + payload.Length >= content.Length)
            return null;
        var header = BlockHeader.OfBytes(
            content.Length, filtered.Header, filtered.Text.Length, shape.Code, shape.Stride, tableBits, payload.Length);
        return Finish(header, [.. filtered.Data, .. payload], content);
    }

    private Block? EncodeBrotli(byte[] content)
    {
        var payload = BrotliCoder.Encode(content);
        return payload.Length < content.Length
            ? Finish(BlockHeader.Brotli(content.Length, payload.Length), payload.ToArray(), content)
            : null;
    }

    private Block Finish(BlockHeader header, byte[] body, byte[] content) =>
        new(header, body, Block.CheckOver(frame, header, body, content));

    private static Block Smaller(Block one, Block? other) => other is not null && LengthOf(other) < LengthOf(one) ? other : one;

    private static int LengthOf(Block block) => block.Header.ToBytes().Length + block.Body.Length;

    private int TableBitsFor(int length) => Math.Min(settings.MaxTableBits, MixingParameters.MaxTableBits(length));

    /// <summary>
    /// Whether tokens, and whether bytes may give the smallest block. The model takes most of the time, so it is only asked where it may
    /// win: a sample without what comes before it favours the model, which knows its language from the start, while a memory
    /// gains with length. Where even so bytes are smaller the model need not be tried; where the model is far ahead, bytes need not.
    /// </summary>
    /// <returns>
    /// The third says whether mixing takes a tenth off what the network makes of the sample: it will gain with length. The fourth is the length
    /// that the sample makes one expect of tokens; 0 where none was taken.
    /// </returns>
    private (bool Tokens, bool Bytes, bool MostIsLearned, long Expected) WorthTrying(ReadOnlySpan<byte> text, CancellationToken cancellation)
    {
        if (!settings.Tokens || model is null || !LooksLikeLanguage(model, text, cancellation))
            return (false, settings.Bytes, false, 0);
        if (text.Length < ShortContent || !settings.Bytes)
            return (true, settings.Bytes, true, 0);

        var sample = text.Slice((text.Length - ComparisonLength) / 2, ComparisonLength);
        var tokens = new List<int>();
        model.Tokenizer.Encode(sample, tokens);
        var tableBits = TableBitsFor(sample.Length);
        long ofNetwork = Tokens(null), ofTokens = Tokens(new MixingParameters(new ByteShape(ByteProfile.Text, 0, settings.FastTokens), tableBits));
        long ofBytes = ByteCoder.Encode(sample, new MixingParameters(default, tableBits), [], null, cancellation).Length;
        return (ofTokens < ofBytes, ofTokens * 4 > ofBytes * 3, ofTokens * 10 < ofNetwork * 9, ofTokens * text.Length / ComparisonLength);

        int Tokens(MixingParameters? mixing) =>
            TokenCoder.Encode(model, [.. tokens], new LaneLayout(tokens.Count, 1), mixing, null, 1, null, cancellation).Length;
    }

    /// <summary>
    /// Whether the model makes a few samples smaller, or nearly: a sample starts without context. Scoring is nearly all
    /// of the work, and much of what people compress is compressed already.
    /// </summary>
    private static bool LooksLikeLanguage(LanguageModel model, ReadOnlySpan<byte> text, CancellationToken cancellation)
    {
        if (text.Length < 8 * Samples * SampleLength)
            return true;

        var tokens = new List<int>();
        var encodedLength = 0;
        for (var sample = 0; sample < Samples; sample++)
        {
            // In the middle of each third.
            var start = ((long)text.Length * ((2 * sample) + 1) / (2 * Samples)) - (SampleLength / 2);
            tokens.Clear();
            model.Tokenizer.Encode(text.Slice((int)start, SampleLength), tokens);
            encodedLength += TokenCoder.Encode(model, [.. tokens], new LaneLayout(tokens.Count, 1), null, null, 1, null, cancellation).Length;
        }

        return encodedLength < Samples * SampleLength * 33 / 32;
    }
}

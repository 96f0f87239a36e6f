using Compressor.Concurrency;
using Compressor.Container;
using Compressor.Filters;
using Compressor.Payload;
using Compressor.Prediction.Mixing;

namespace Compressor.Blocks;

/// <summary>
/// Content → block. There are candidates: tokens (content → filter → tokens → lanes → payload) by each model, bytes, Brotli, and the content as it is. Those that may be
/// smallest are tried, side by side where there are threads, and the smallest is kept, of equal ones the first.
/// </summary>
/// <param name="frame">The header of the frame that the blocks go to.</param>
/// <param name="models">The frame's models.</param>
/// <param name="dictionary">The frame's dictionary; null for none.</param>
/// <param name="settings">What may be tried.</param>
internal sealed class BlockEncoder(FrameHeader frame, IReadOnlyList<LanguageModel> models, LmzDictionary? dictionary, BlockSettings settings)
{
    private readonly CandidateSampler _sampler = new(models, settings);

    /// <summary>Encodes content. May be called by many threads.</summary>
    /// <param name="content">1 to <see cref="BlockHeader.MaxContentLength"/> bytes.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Checked often.</param>
    /// <param name="threads">How many threads may share the candidates and their lanes; changes nothing about the result.</param>
    public Block Encode(byte[] content, ProgressMeter progress, CancellationToken cancellation, int threads = 1)
    {
        var part = progress.Begin(content.Length);
        // A dictionary is not filtered, and what follows should look like it.
        var filtered = dictionary is null ? FilteredContent.Of(content) : FilteredContent.Unfiltered(content);
        var plan = _sampler.Plan(filtered.Text, cancellation);
        List<Func<Block?>> candidates =
            [.. plan.Models.Select<int, Func<Block?>>((model, i) => () => EncodeTokens(model, content, filtered, plan.MostIsLearned, threads, i == 0 ? part : null, cancellation))];
        if (plan.Bytes)
            candidates.Add(() => EncodeBytes(content, filtered, plan.Models.Count == 0 ? part : null, cancellation));
        var best = Smallest([Finish(BlockHeader.Stored(content.Length), content, content), .. Try(candidates, threads, cancellation)]);

        // Less than half of what the sample came to: the block repeats itself as no sample can show, and there bytes may be ahead.
        if (!plan.Bytes && LengthOf(best) < plan.Expected / 2)
            best = Smallest([best, EncodeBytes(content, filtered, null, cancellation)]);

        // Brotli at its best takes about as long as the model does, and is seldom a fifth smaller than in its fast form:
        // where that is far from enough, it is spared.
        if (LengthOf(best) > BrotliCoder.Estimate(content) * 4L / 5)
            best = Smallest([best, EncodeBrotli(content)]);
        part.Reach(1, 1);
        return best;
    }

    private static Block?[] Try(List<Func<Block?>> candidates, int threads, CancellationToken cancellation)
    {
        var blocks = new Block?[candidates.Count];
        Parallel.For(
            0, blocks.Length, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation }, i => blocks[i] = candidates[i]());
        return blocks;
    }

    private Block? EncodeTokens(
        int modelIndex,
        byte[] content,
        FilteredContent filtered,
        bool mostIsLearned,
        int threads,
        ProgressMeter.Part? progress,
        CancellationToken cancellation)
    {
        var model = models[modelIndex];
        var tokens = new List<int>(filtered.Text.Length / 2);
        model.Tokenizer.Encode(filtered.Text, tokens);
        var layout = LaneLayout.For(tokens.Count, settings, mostIsLearned);
        var dictionaryTokens = dictionary?.For(model);
        MixingParameters? mixing = settings.Mixing
            ? new(new ByteShape(ByteProfile.Text, 0, settings.FastTokens && !mostIsLearned), settings.TableBitsFor(content.Length + (dictionaryTokens?.Length ?? 0)))
            : null;
        var payload = TokenCoder.Encode(model, [.. tokens], layout, mixing, dictionaryTokens, threads, progress, cancellation);
        if (filtered.Data.Length + payload.Length >= content.Length || payload.Length < BlockHeader.MinPayloadLength(content.Length))
            return null;
        var (shape, tableBits) = mixing ?? default;
        var header = BlockHeader.OfTokens(
            content.Length, filtered.Header, layout.Lanes, layout.Tokens, shape.Code, shape.Stride, tableBits, payload.Length, modelIndex);
        return Finish(header, [.. filtered.Data, .. payload], content);
    }

    private Block? EncodeBytes(byte[] content, FilteredContent filtered, ProgressMeter.Part? progress, CancellationToken cancellation)
    {
        var shape = ByteShapeDetector.Find(content, settings.FastBytes, cancellation);
        if (settings.RichBytes)
            shape = shape.Rich;
        if (!shape.IsText)
            filtered = FilteredContent.Unfiltered(content); // records and rows must keep their length
        var first = dictionary is null ? [] : dictionary.Content;
        var tableBits = settings.TableBitsFor(content.Length + first.Length);
        var payload = ByteCoder.Encode(filtered.Text, new MixingParameters(shape, tableBits), first, progress, cancellation);
        if (filtered.Data.Length + payload.Length >= content.Length || payload.Length < BlockHeader.MinPayloadLength(content.Length))
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

    private static Block Smallest(IEnumerable<Block?> blocks) => blocks.OfType<Block>().MinBy(LengthOf)!; // the first of equal ones

    private static int LengthOf(Block block) => block.Header.ToBytes().Length + block.Body.Length;
}

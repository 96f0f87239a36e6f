using System.Numerics;
using Compressor.Concurrency;
using Compressor.Container;
using Compressor.Filters;
using Compressor.Payload;
using Compressor.Prediction.Mixing;
using Compressor.Prediction.Samples;
using Compressor.Repeats;

namespace Compressor.Blocks;

/// <summary>
/// Content → block. There are candidates: tokens (content → filter → tokens → lanes → payload) by a model, bytes, samples, Brotli, and the content as it is. Those that a
/// plan names are tried, side by side where there are threads, and the smallest is kept, of equal ones the first.
/// </summary>
/// <param name="frame">The header of the frame that the blocks go to.</param>
/// <param name="models">The models that there are.</param>
/// <param name="dictionary">The frame's dictionary; null for none.</param>
/// <param name="settings">What may be tried.</param>
internal sealed class BlockEncoder(FrameHeader frame, ModelChoice models, LmzDictionary? dictionary, BlockSettings settings)
{
    // What was best of what was tried on validation data, with mixing on (docs/learning.md).
    private const int LearningTokensPerLane = 1 << 17, MaxLearningLanes = 4, LearningRows = 32, LearningRate = 123, LearningTableRate = 1230;

    /// <summary>A list of repeats up to this length in bytes costs less than looking for something shorter is worth.</summary>
    private const int LongListLength = 64;

    private readonly CandidatePlanner _planner = new(models, settings);

    /// <summary>Encodes content. May be called by many threads.</summary>
    /// <param name="content">1 to <see cref="BlockHeader.MaxContentLength"/> bytes.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Checked often.</param>
    /// <param name="threads">How many threads may share the candidates and their lanes; changes nothing about the result.</param>
    public Block Encode(BlockContent content, ProgressMeter progress, CancellationToken cancellation, int threads = 1)
    {
        var part = progress.Begin(content.Bytes.Length);
        var block = content.Repeats.Count == 0
            ? EncodeAlone(content.Bytes, part, threads, cancellation)
            : EncodeRepeats(content, part, threads, cancellation);
        part.Reach(1, 1);
        return block;
    }

    private Block EncodeRepeats(BlockContent content, ProgressMeter.Part progress, int threads, CancellationToken cancellation)
    {
        var list = RepeatList.ToBytes(content.Repeats);
        var rest = EncodeAlone(RepeatFinder.Rest(content.Bytes, content.Repeats), progress, threads, cancellation);
        var block = Finish(BlockHeader.Repeats(content.Bytes.Length, list.Length, rest.Header), [.. list, .. rest.Body], content.Bytes);

        // Many runs with little between them: then their list is most of the block, and Brotli writes it shorter.
        return list.Length > LongListLength && list.Length > rest.Body.Length && !content.Repeats.Any(repeat => repeat.IsFar)
            ? SmallestWithBrotli(block, content.Bytes)
            : block;
    }

    private Block EncodeAlone(byte[] content, ProgressMeter.Part progress, int threads, CancellationToken cancellation)
    {
        // A dictionary is not filtered, and what follows should look like it.
        var filtered = dictionary is null ? FilteredContent.Of(content) : FilteredContent.Unfiltered(content);
        var plan = _planner.Plan(content, filtered.Text, cancellation);
        List<Func<ProgressMeter.Part?, Block?>> candidates =
            [.. plan.Models.Select<LanguageModel, Func<ProgressMeter.Part?, Block?>>(
                model => shown => EncodeTokens(model, content, filtered, plan.MostIsLearned, threads, shown, cancellation))];
        if (settings.Learn)
        {
            // Learning may lead where the model does not; it takes longest, and shows how far it is.
            var learning = plan.Models is [] ? models.For(filtered.Text, isSampled: false) : plan.Models;
            candidates.InsertRange(0, learning.Where(LearningCoder.CanLearn).Select<LanguageModel, Func<ProgressMeter.Part?, Block?>>(
                model => shown => EncodeLearning(model, content, filtered, threads, shown, cancellation)));
        }

        if (plan.Bytes)
            candidates.Add(shown => EncodeBytes(content, filtered, shown, cancellation));
        if (settings.Samples && dictionary is null && SampleDetector.Find(content) is { } layout)
            candidates.Add(shown => EncodeSamples(content, layout, shown, cancellation));
        var best = Smallest([Stored(content), .. Try(candidates, progress, threads, cancellation)]);

        // Less than half of what the sample came to: the block repeats itself as no sample can show, and there bytes may be ahead.
        if (!plan.Bytes && LengthOf(best) < plan.Expected / 2)
            best = Smallest([best, EncodeBytes(content, filtered, null, cancellation)]);

        return SmallestWithBrotli(best, content);
    }

    /// <summary>Tries candidates, the first of which shows how far it is.</summary>
    private static Block?[] Try(
        List<Func<ProgressMeter.Part?, Block?>> candidates, ProgressMeter.Part progress, int threads, CancellationToken cancellation)
    {
        var blocks = new Block?[candidates.Count];
        Parallel.For(
            0,
            blocks.Length,
            new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation },
            i => blocks[i] = candidates[i](i == 0 ? progress : null));
        return blocks;
    }

    private Block Stored(byte[] content) => Finish(BlockHeader.Stored(content.Length), content, content);

    private Block? EncodeTokens(
        LanguageModel model,
        byte[] content,
        FilteredContent filtered,
        bool mostIsLearned,
        int threads,
        ProgressMeter.Part? progress,
        CancellationToken cancellation)
    {
        var tokens = new List<int>(filtered.Text.Length / 2);
        model.Tokenizer.Encode(filtered.Text, tokens);
        var layout = LaneLayout.For(tokens.Count, settings, mostIsLearned);
        var dictionaryTokens = dictionary?.For(model);
        MixingParameters? mixing = settings.Mixing
            ? new(new ByteShape(ByteProfile.Text, 0, settings.FastTokens && !mostIsLearned), settings.TableBitsFor(content.Length + (dictionaryTokens?.Length ?? 0)))
            : null;
        var payload = TokenCoder.Encode(model, [.. tokens], layout, mixing, dictionaryTokens, threads, progress, cancellation);
        return Predicted(content, filtered, payload, () => BlockHeader.OfTokens(
            content.Length, model.Id, filtered.Header, layout.Lanes, layout.Tokens, mixing?.Header, payload.Length));
    }

    /// <summary>Null also where learning fails.</summary>
    private Block? EncodeLearning(
        LanguageModel model, byte[] content, FilteredContent filtered, int threads, ProgressMeter.Part? progress, CancellationToken cancellation)
    {
        var tokens = new List<int>(filtered.Text.Length / 2);
        model.Tokenizer.Encode(filtered.Text, tokens);
        // A power of two, as the rows of a step are.
        var lanes = 1 << BitOperations.Log2((uint)Math.Clamp(tokens.Count / LearningTokensPerLane, 1, MaxLearningLanes));
        var layout = new LaneLayout(tokens.Count, lanes);
        var learning = new LearningHeader(LearningRows / layout.Lanes, LearningRate, LearningTableRate);
        var dictionaryTokens = dictionary?.For(model);
        var mixing = new MixingParameters(
            new ByteShape(ByteProfile.Text, 0), settings.TableBitsFor(content.Length + (dictionaryTokens?.Length ?? 0)));
        try
        {
            var payload = new LearningCoder(model, layout, mixing, learning, dictionaryTokens, threads, progress, cancellation).Encode([.. tokens]);
            return Predicted(content, filtered, payload, () => BlockHeader.OfLearning(
                content.Length, model.Id, filtered.Header, layout.Lanes, layout.Tokens, mixing.Header, learning, payload.Length));
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private Block? EncodeBytes(byte[] content, FilteredContent filtered, ProgressMeter.Part? progress, CancellationToken cancellation)
    {
        var shape = ByteShapeDetector.Find(content, settings.FastBytes, cancellation);
        if (settings.RichBytes)
            shape = shape.Rich;
        if (!shape.IsText)
            filtered = FilteredContent.Unfiltered(content); // records and rows must keep their length
        var first = dictionary is null ? [] : dictionary.Content;
        var mixing = new MixingParameters(shape, settings.TableBitsFor(content.Length + first.Length));
        var payload = ByteCoder.Encode(filtered.Text, mixing, first, progress, cancellation);
        return Predicted(content, filtered, payload, () => BlockHeader.OfBytes(
            content.Length, filtered.Header, filtered.Text.Length, mixing.Header, payload.Length));
    }

    private Block? EncodeSamples(byte[] content, SampleLayout layout, ProgressMeter.Part? progress, CancellationToken cancellation)
    {
        var payload = SampleCoder.Encode(content, layout, progress, cancellation);
        return Predicted(content, FilteredContent.Unfiltered(content), payload, () => BlockHeader.OfSamples(
            content.Length, SampleParameters.HeaderOf(layout), payload.Length));
    }

    /// <summary>The smallest of a block and the content by Brotli. At its best that takes about as long as a model does: where it is far from enough, it is spared.</summary>
    private Block SmallestWithBrotli(Block best, byte[] content)
    {
        var fast = BrotliCoder.EncodeFast(content);
        best = Smallest([best, Brotli(fast, content)]);
        return BrotliCoder.BestMayBeBelow(content, fast.Length, LengthOf(best)) ? Smallest([best, Brotli(BrotliCoder.EncodeBest(content), content)]) : best;
    }

    private Block? Brotli(ReadOnlySpan<byte> payload, byte[] content) => payload.Length < content.Length
        ? Finish(BlockHeader.Brotli(content.Length, payload.Length), payload.ToArray(), content)
        : null;

    /// <summary>A predicted block; null where it is no smaller than its content, or its payload shorter than the format lets it be.</summary>
    private Block? Predicted(byte[] content, FilteredContent filtered, byte[] payload, Func<BlockHeader> header) =>
        filtered.Data.Length + payload.Length < content.Length && payload.Length >= BlockHeader.MinPayloadLength(content.Length)
            ? Finish(header(), [.. filtered.Data, .. payload], content)
            : null;

    private Block Finish(BlockHeader header, byte[] body, byte[] content) =>
        new(header, body, Block.CheckOver(frame, header, body, content));

    private static Block Smallest(IEnumerable<Block?> blocks) => blocks.OfType<Block>().MinBy(LengthOf)!; // the first of equal ones

    private static int LengthOf(Block block) => block.Header.ToBytes().Length + block.Body.Length;
}

using Compressor.Concurrency;
using Compressor.Container;
using Compressor.Filters;
using Compressor.Payload;
using Compressor.Prediction.Mixing;

namespace Compressor.Blocks;

/// <summary>The way back: payload → tokens → filter undone → content.</summary>
internal static class BlockDecoder
{
    /// <summary>The content of a block, as coded; not verified yet.</summary>
    /// <param name="block">The block, which may hold anything but repeats.</param>
    /// <param name="model">The frame's model; only a block of tokens needs it.</param>
    /// <param name="dictionary">The frame's dictionary, if any; only a predicted block needs it.</param>
    /// <param name="threads">How many threads may share the block.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Checked at every step.</param>
    /// <exception cref="InvalidDataException">The block is damaged.</exception>
    public static byte[] Decode(
        Block block, LanguageModel? model, LmzDictionary? dictionary, int threads, ProgressMeter.Part progress, CancellationToken cancellation)
    {
        var header = block.Header;
        var content = block.Body;
        if (header.Type == LmzBlockType.Brotli)
        {
            content = BrotliCoder.Decode(block.Body, header.ContentLength);
        }
        else if (header.Type == LmzBlockType.Memory)
        {
            var first = dictionary is null ? [] : dictionary.Content;
            var mixing = MixingOf(block, first.Length)!.Value;
            var text = ByteCoder.Decode(PayloadOf(block), header.TextLength, mixing, first, progress, cancellation);
            content = ContentOf(block, text);
        }
        else if (header.HasTokens)
        {
            ArgumentNullException.ThrowIfNull(model);
            var text = new TokenTextBuilder(model.Tokenizer, header.Lanes, header.ContentLength);
            TokenCoder.Decode(
                model,
                PayloadOf(block),
                new LaneLayout(header.Tokens, header.Lanes),
                MixingOf(block, dictionary?.Content.Length ?? 0),
                header.ContentLength,
                dictionary?.For(model),
                threads,
                text.Append,
                progress,
                cancellation);
            content = ContentOf(block, text.ToArray());
        }

        return content;
    }

    /// <summary>What the range coder wrote of a predicted block.</summary>
    public static ReadOnlyMemory<byte> PayloadOf(Block block) => block.Body.AsMemory(block.Header.Filter.DataLength);

    /// <summary>How mixing is set up for a block; null for none.</summary>
    /// <exception cref="InvalidDataException">The tables are larger than the format allows for its length.</exception>
    public static MixingParameters? MixingOf(Block block, int dictionaryLength)
    {
        var header = block.Header;
        if (!header.IsMixed)
            return null;
        var most = MixingParameters.MaxTableBits((long)header.ContentLength + dictionaryLength);
        return header.TableBits <= most
            ? new MixingParameters(ByteShape.OfCode(header.Profile, header.Stride), header.TableBits)
            : throw new InvalidDataException($"the size of the tables is {header.TableBits}, more than {most}");
    }

    /// <summary>The content of a predicted block, from what was predicted; not verified yet.</summary>
    /// <exception cref="InvalidDataException">It is not as long as the header says.</exception>
    public static byte[] ContentOf(Block block, byte[] text)
    {
        var (header, filter) = (block.Header, block.Header.Filter);
        var content = new FilteredContent(text, filter, block.Body[..filter.DataLength]).Undo(header.ContentLength);
        return content.Length == header.ContentLength
            ? content
            : throw new InvalidDataException($"the content has {content.Length} bytes instead of {header.ContentLength}");
    }

    /// <exception cref="InvalidDataException">The block or its content is not what was encoded.</exception>
    public static void Verify(FrameHeader frame, Block block, byte[] content)
    {
        if (!HasRightCheck(frame, block, content))
            throw new InvalidDataException("the check of the block does not match");
    }

    /// <summary>Whether the block and its content are what was encoded.</summary>
    public static bool HasRightCheck(FrameHeader frame, Block block, byte[] content) =>
        Block.CheckOver(frame, block.Header, block.Body, content) == block.Check;
}

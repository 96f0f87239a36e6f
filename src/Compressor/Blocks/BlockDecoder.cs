using Compressor.Format;
using Compressor.Memory;
using Compressor.Text;

namespace Compressor.Blocks;

/// <summary>The way back: payload → tokens → filter undone → content, verified.</summary>
internal static class BlockDecoder
{
    /// <param name="frame">The header of the frame that the block is in.</param>
    /// <param name="block">The block, which may hold anything.</param>
    /// <param name="model">The frame's model; only a block of tokens needs it.</param>
    /// <param name="prime">The frame's reference data, if any; only a predicted block needs it.</param>
    /// <param name="threads">How many threads may share the block.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Checked at every step.</param>
    /// <exception cref="InvalidDataException">The block is damaged.</exception>
    public static byte[] Decode(
        FrameHeader frame,
        Block block,
        LanguageModel? model,
        LmzPrime? prime,
        int threads,
        ProgressMeter progress,
        CancellationToken cancellation)
    {
        var part = progress.Begin(block.Header.ContentLength);
        var header = block.Header;
        var content = block.Body;
        if (header.Type == LmzBlockType.Brotli)
        {
            content = BrotliCoder.Decode(block.Body, header.ContentLength);
        }
        else if (header.Type == LmzBlockType.Memory)
        {
            var shape = ByteShape.OfCode(header.Profile, header.Stride);
            content = ByteCoder.Decode(block.Body, header.ContentLength, shape, header.MemoryBits, prime is null ? [] : prime.Content, part, cancellation);
        }
        else if (header.HasTokens)
        {
            ArgumentNullException.ThrowIfNull(model);
            var text = new TokenText(model.Tokenizer, header.Lanes, header.ContentLength);
            TokenCoder.Decode(
                model.TokenModel,
                PayloadOf(block),
                new LaneLayout(header.Tokens, header.Lanes),
                header.MemoryBits,
                prime?.For(model),
                threads,
                text.Append,
                part,
                cancellation);
            content = ContentOf(block, text);
        }

        Verify(frame, block, content);
        part.Reach(1, 1);
        return content;
    }

    /// <summary>What the range coder wrote of a block of tokens.</summary>
    public static ReadOnlyMemory<byte> PayloadOf(Block block) => block.Body.AsMemory(block.Header.FilterDataLength);

    /// <summary>The content of a block of tokens, from their text; not verified yet.</summary>
    /// <exception cref="InvalidDataException">It is not as long as the header says.</exception>
    public static byte[] ContentOf(Block block, TokenText text)
    {
        var header = block.Header;
        var content = text.ToArray();
        if (header.Filter == LmzFilter.LineEnds)
            content = LineEndFilter.Expand(content, ReadGaps(block.Body.AsSpan(0, header.FilterDataLength)));
        return content.Length == header.ContentLength
            ? content
            : throw new InvalidDataException($"the content has {content.Length} bytes instead of {header.ContentLength}");
    }

    /// <exception cref="InvalidDataException">The block or its content is not what was encoded.</exception>
    public static void Verify(FrameHeader frame, Block block, byte[] content)
    {
        if (Block.CheckOver(frame, block.Header, block.Body, content) != block.Check)
            throw new InvalidDataException("the check of the block does not match");
    }

    private static int[] ReadGaps(ReadOnlySpan<byte> filterData)
    {
        var gaps = new List<int>();
        while (!filterData.IsEmpty)
        {
            filterData = filterData[Varint.Read(filterData, out var gap)..];
            gaps.Add((int)Math.Min(gap, int.MaxValue)); // more than any text has, either way
        }

        return [.. gaps];
    }
}

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
            content = DecodeTokens(header, block.Body.AsMemory(header.FilterDataLength), model, prime?.For(model), threads, part, cancellation);
            if (header.Filter == LmzFilter.LineEnds)
                content = LineEndFilter.Expand(content, ReadGaps(block.Body.AsSpan(0, header.FilterDataLength)));
            if (content.Length != header.ContentLength)
                throw new InvalidDataException($"the content has {content.Length} bytes instead of {header.ContentLength}");
        }

        if (Block.CheckOver(frame, header, block.Body, content) != block.Check)
            throw new InvalidDataException("the check of the block does not match");
        part.Reach(1, 1);
        return content;
    }

    private static byte[] DecodeTokens(
        BlockHeader header,
        ReadOnlyMemory<byte> payload,
        LanguageModel model,
        PrimedTokens? prime,
        int threads,
        ProgressMeter.Part progress,
        CancellationToken cancellation)
    {
        var layout = new LaneLayout(header.Tokens, header.Lanes);
        var texts = new List<byte>[layout.Lanes];
        for (var lane = 0; lane < texts.Length; lane++)
            texts[lane] = [];

        var length = 0;
        TokenCoder.Decode(model.TokenModel, payload, layout, header.MemoryBits, prime, threads, Receive, progress, cancellation);
        var text = new byte[length];
        var rest = text.AsSpan();
        foreach (var part in texts)
        {
            part.CopyTo(rest);
            rest = rest[part.Count..];
        }

        return text;

        void Receive(int lane, int token)
        {
            var bytes = model.Tokenizer.BytesOf(token);
            length += bytes.Length;
            if (bytes.IsEmpty || length > header.ContentLength)
                throw new InvalidDataException("the tokens are not those of the content");
            texts[lane].AddRange(bytes);
        }
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

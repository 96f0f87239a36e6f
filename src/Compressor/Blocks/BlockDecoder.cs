using Compressor.Coding;
using Compressor.Format;
using Compressor.Text;

namespace Compressor.Blocks;

/// <summary>The way back: payload → tokens → filter undone → content, verified.</summary>
internal static class BlockDecoder
{
    /// <param name="frame">The header of the frame that the block is in.</param>
    /// <param name="block">The block, which may hold anything.</param>
    /// <param name="model">The frame's model; only a stored block does without.</param>
    /// <param name="cancellation">Checked at every step.</param>
    /// <exception cref="InvalidDataException">The block is damaged.</exception>
    public static byte[] Decode(FrameHeader frame, Block block, LanguageModel? model, CancellationToken cancellation)
    {
        var header = block.Header;
        var content = block.Body;
        if (header.Type == LmzBlockType.Transformer)
        {
            ArgumentNullException.ThrowIfNull(model);
            content = DecodeTokens(header, block.Body.AsMemory(header.FilterDataLength), model, cancellation);
            if (header.Filter == LmzFilter.LineEnds)
                content = LineEndFilter.Expand(content, ReadGaps(block.Body.AsSpan(0, header.FilterDataLength)));
            if (content.Length != header.ContentLength)
                throw new InvalidDataException($"the content has {content.Length} bytes instead of {header.ContentLength}");
        }

        if (Block.CheckOver(frame, header, block.Body, content) != block.Check)
            throw new InvalidDataException("the check of the block does not match");
        return content;
    }

    private static byte[] DecodeTokens(BlockHeader header, ReadOnlyMemory<byte> payload, LanguageModel model, CancellationToken cancellation)
    {
        var layout = new LaneLayout(header.Tokens, header.Lanes);
        var decoder = new RangeDecoder(payload);
        using var session = model.TokenModel.OpenSession(layout.Lanes);
        var texts = new List<byte>[layout.Lanes];
        for (var lane = 0; lane < texts.Length; lane++)
            texts[lane] = [];

        var tokens = new int[layout.Lanes];
        var length = 0;
        for (var step = 0; step < layout.Steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            var active = layout.ActiveAt(step);
            if (step > 0)
                session.Advance(tokens.AsSpan(0, active));
            session.Predict(active);
            for (var lane = 0; lane < active; lane++)
            {
                tokens[lane] = session.Find(lane, decoder.Quantile(), out var interval);
                decoder.Consume(interval);
                var bytes = model.Tokenizer.BytesOf(tokens[lane]);
                length += bytes.Length;
                if (bytes.IsEmpty || length > header.ContentLength)
                    throw new InvalidDataException("the tokens are not those of the content");
                texts[lane].AddRange(bytes);
            }
        }

        decoder.Finish();
        var text = new byte[length];
        var rest = text.AsSpan();
        foreach (var part in texts)
        {
            part.CopyTo(rest);
            rest = rest[part.Count..];
        }

        return text;
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

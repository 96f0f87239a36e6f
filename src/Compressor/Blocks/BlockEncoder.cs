using System.Numerics;
using Compressor.Format;
using Compressor.Text;

namespace Compressor.Blocks;

/// <summary>
/// Content → filter → tokens → lanes → payload. Keeps what is smallest: that, Brotli, or the content as it is.
/// </summary>
/// <param name="frame">The header of the frame that the blocks go to.</param>
/// <param name="model">The frame's model.</param>
/// <param name="useMemory">Whether blocks of tokens have a memory.</param>
/// <param name="threads">How many lanes of a block may be worked on at the same time; changes nothing about the result.</param>
internal sealed class BlockEncoder(FrameHeader frame, LanguageModel model, bool useMemory, int threads = 1)
{
    private const int Samples = 3;
    private const int SampleLength = 1024;

    /// <summary>In memory bits: up to this size, a block gets a memory of two to four lines a token.</summary>
    private const int LargestMemory = 19;

    /// <summary>Encodes 1 to <see cref="BlockHeader.MaxContentLength"/> bytes. May be called by many threads.</summary>
    public Block Encode(byte[] content, ProgressMeter progress, CancellationToken cancellation)
    {
        var part = progress.Begin(content.Length);
        var best = Finish(BlockHeader.Stored(content.Length), content, content);
        var text = LineEndFilter.TryApply(content, out var filtered, out var gaps) ? filtered : content;
        if (LooksLikeLanguage(text, cancellation))
            best = Smaller(best, EncodeTokens(content, text, text == content ? null : gaps, part, cancellation));

        // Brotli at its best takes about as long as the model does, and is seldom a fifth smaller than in its fast form:
        // where that is far from enough, it is spared.
        if (LengthOf(best) > BrotliCoder.Estimate(content) * 4L / 5)
            best = Smaller(best, EncodeBrotli(content));
        part.Reach(1, 1);
        return best;
    }

    private Block? EncodeTokens(byte[] content, byte[] text, int[]? gaps, ProgressMeter.Part progress, CancellationToken cancellation)
    {
        var filterData = new List<byte>();
        foreach (var gap in gaps ?? [])
            Varint.Write(filterData, gap);
        if (filterData.Count > content.Length)
            return null;

        var tokens = new List<int>(text.Length / 2);
        model.Tokenizer.Encode(text, tokens);
        var layout = LaneLayout.For(tokens.Count);
        var memoryBits = MemoryBitsFor(tokens.Count);
        var payload = TokenCoder.Encode(model.TokenModel, [.. tokens], layout, memoryBits, threads, progress, cancellation);
        if (filterData.Count + payload.Length > content.Length)
            return null;

        int? filterDataLength = gaps is null ? null : filterData.Count;
        var header = BlockHeader.OfTokens(content.Length, filterDataLength, layout.Lanes, layout.Tokens, memoryBits, payload.Length);
        return Finish(header, [.. filterData, .. payload], content);
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

    private int MemoryBitsFor(int tokens) => useMemory
        ? Math.Clamp(BitOperations.Log2((uint)tokens) + 2, BlockHeader.MinMemoryBits, LargestMemory)
        : 0;

    /// <summary>
    /// Whether the model makes a few samples smaller, or nearly: a sample starts without context. Scoring is nearly all
    /// of the work, and much of what people compress is compressed already.
    /// </summary>
    private bool LooksLikeLanguage(ReadOnlySpan<byte> text, CancellationToken cancellation)
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
            encodedLength += TokenCoder.Encode(model.TokenModel, [.. tokens], new LaneLayout(tokens.Count, 1), 0, 1, null, cancellation).Length;
        }

        return encodedLength < Samples * SampleLength * 33 / 32;
    }
}

using System.Runtime.InteropServices;
using Compressor.Coding;
using Compressor.Format;
using Compressor.Text;

namespace Compressor.Blocks;

/// <summary>Content → filter → tokens → lanes → intervals → payload. Keeps what is smaller: that, or the content as it is.</summary>
internal sealed class BlockEncoder(FrameHeader frame, LanguageModel model)
{
    private const int Samples = 3;
    private const int SampleLength = 1024;

    /// <summary>Encodes 1 to <see cref="BlockHeader.MaxContentLength"/> bytes. May be called by many threads.</summary>
    public Block Encode(byte[] content, CancellationToken cancellation)
    {
        var stored = BlockHeader.Stored(content.Length);
        var text = LineEndFilter.TryApply(content, out var filtered, out var gaps) ? filtered : content;
        if (!IsWorthwhile(text, cancellation))
            return Finish(stored, content, content);

        var filterData = new List<byte>();
        foreach (var gap in gaps)
            Varint.Write(filterData, gap);

        var tokens = new List<int>(text.Length / 2);
        model.Tokenizer.Encode(text, tokens);
        var layout = LaneLayout.For(tokens.Count);
        var payload = EncodeTokens(CollectionsMarshal.AsSpan(tokens), layout, cancellation);
        var bodyLength = (long)filterData.Count + payload.Length;
        if (bodyLength < content.Length)
        {
            int? filterDataLength = text == content ? null : filterData.Count;
            var header = BlockHeader.Transformer(content.Length, filterDataLength, layout.Lanes, layout.Tokens, payload.Length);
            if (header.ToBytes().Length + bodyLength < stored.ToBytes().Length + content.Length)
                return Finish(header, [.. filterData, .. payload], content);
        }

        return Finish(stored, content, content);
    }

    private Block Finish(BlockHeader header, byte[] body, byte[] content) =>
        new(header, body, Block.CheckOver(frame, header, body, content));

    /// <summary>
    /// Whether the model makes a few samples smaller, or nearly: a sample starts without context. Scoring is nearly all
    /// of the work, and much of what people compress is compressed already.
    /// </summary>
    private bool IsWorthwhile(ReadOnlySpan<byte> text, CancellationToken cancellation)
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
            encodedLength += EncodeTokens(CollectionsMarshal.AsSpan(tokens), new LaneLayout(tokens.Count, 1), cancellation).Length;
        }

        return encodedLength < Samples * SampleLength * 33 / 32;
    }

    private ReadOnlySpan<byte> EncodeTokens(ReadOnlySpan<int> tokens, LaneLayout layout, CancellationToken cancellation)
    {
        var intervals = new Interval[tokens.Length];
        for (var lane = 0; lane < layout.Lanes; lane++)
            model.TokenModel.Score(tokens[layout.SliceOf(lane)], intervals.AsSpan(layout.SliceOf(lane)), cancellation);

        var encoder = new RangeEncoder();
        for (var step = 0; step < layout.Steps; step++)
        {
            for (var lane = 0; lane < layout.ActiveAt(step); lane++)
                encoder.Encode(intervals[layout.StartOf(lane) + step]);
        }

        return encoder.Finish();
    }
}

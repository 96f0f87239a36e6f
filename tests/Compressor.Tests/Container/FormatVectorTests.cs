using System.Text;
using Compressor.Container;
using Compressor.Filters;
using Compressor.Prediction;
using Compressor.RangeCoding;
using Compressor.Symbols;
using Compressor.Tests.Prediction;

namespace Compressor.Tests.Container;

/// <summary>The test vectors of docs/format.md. They never change within a version of the format.</summary>
public class FormatVectorTests
{
    private const string EmptyFrame = "FE4C4D5A 04 00 | 00 00 2D31A80E 00";

    private const string StoredFrame = "FE4C4D5A 04 01 05 | 01 05 68656C6C6F 03777DAF | 00 4C498C89 00";

    private const string TransformerFrame =
        "FE4C4D5A 04 00 | 02 3C 0102030405060708 01 01 01 37 0D | 05 61A3B0D814AFCF4FE671ED74AA E7801858 | 00 3C 0892E7DC 00";

    private const string WrappedFrame =
        "FE4C4D5A 04 00 | 02 39 0102030405060708 03 00 02 01 35 13 | 0E AC 5CEAE7A715D735D7D2BDAC892DE25EB410035C F75C8BA7 | 00 39 B9070A92 00";

    private const string TwoBlockFrame =
        "FE4C4D5A 04 00 | 01 03 68656C DE14E24C | 01 02 6C6F 48BAA372"
        + "| FF 02 09 03 DE14E24C 08 02 48BAA372 17 05 798328A3 14000000 FF";

    private static readonly LanguageModel Model =
        new("a", ModelId.Parse("0102030405060708"), new Tokenizer([]), new FixedModel());

    private static readonly byte[] Lines =
        Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("aaaaaaaa\r\n", 5)) + "aaaa\n" + "aaaaa");

    [Fact]
    public void EmptyContent()
    {
        Assert.Equal(Frame(EmptyFrame), Frame(new FrameHeader(null)));
        Assert.Empty(Lmz.Decompress(Frame(EmptyFrame)));
    }

    [Fact]
    public void StoredBlock()
    {
        var header = new FrameHeader(5);
        Assert.Equal(Frame(StoredFrame), Frame(header, Checked(header, BlockHeader.Stored(5), "hello"u8.ToArray(), "hello"u8)));
        Assert.Equal("hello"u8.ToArray(), Lmz.Decompress(Frame(StoredFrame)));
    }

    [Fact]
    public void SeekTable()
    {
        var header = new FrameHeader(null);
        Block[] blocks = [Checked(header, BlockHeader.Stored(3), "hel"u8.ToArray(), "hel"u8), Checked(header, BlockHeader.Stored(2), "lo"u8.ToArray(), "lo"u8)];
        Assert.Equal(Frame(TwoBlockFrame), Frame(header, blocks));
        Assert.Equal("hello"u8.ToArray(), Lmz.Decompress(Frame(TwoBlockFrame)));
        using var reader = new LmzReader(new MemoryStream(Frame(TwoBlockFrame)));
        Assert.Equal((5, 2), (reader.Length, reader.BlockCount));
    }

    [Fact]
    public void TransformerBlockWithFilter()
    {
        var (text, gaps) = new LineEndFilter().Apply(Lines)!;
        Assert.Equal([5], gaps);
        var encoder = new RangeEncoder();
        foreach (var value in text)
            encoder.Encode(FixedModel.IntervalOf(value));

        byte[] body = [.. gaps, .. encoder.Finish()];
        var frame = new FrameHeader(null);
        var header = BlockHeader.OfTokens(Lines.Length, Model.Id, new FilterHeader(LmzFilter.LineEnds, 1, 0), 1, text.Length, null, body.Length - 1);
        Assert.Equal(Frame(TransformerFrame), Frame(frame, Checked(frame, header, body, Lines)));
        Assert.Equal(Lines, Lmz.Decompress(Frame(TransformerFrame), new LmzDecompressionOptions { Models = [Model] }));
    }

    [Fact]
    public void LinesWrappedAtFourteenColumns()
    {
        // Three breaks are explained; the space before the last word of the third line, which is too long, is a surprise.
        var content = "aaaa aaaa aaaa\r\naaa aa aaaaaaa\r\naaaa aaa aa aa aa\r\naaaa\r\n"u8.ToArray();
        var (text, gaps) = new LineEndFilter().Apply(content)!;
        Assert.Empty(gaps);
        var (joined, data) = LineBreakFilter.Apply(text, 14);
        Assert.Equal("aaaa aaaa aaaa aaa aa aaaaaaa aaaa aaa aa aa aa aaaa\n"u8, joined);
        var encoder = new RangeEncoder();
        foreach (var value in joined)
            encoder.Encode(FixedModel.IntervalOf(value));
        byte[] body = [.. data, .. encoder.Finish()];
        var frame = new FrameHeader(null);
        var filter = new FilterHeader(LmzFilter.LineEnds | LmzFilter.LineBreaks, 0, data.Length);
        var header = BlockHeader.OfTokens(content.Length, Model.Id, filter, 1, joined.Length, null, body.Length - filter.DataLength);
        Assert.Equal(Frame(WrappedFrame), Frame(frame, Checked(frame, header, body, content)));
        Assert.Equal(content, Lmz.Decompress(Frame(WrappedFrame), new LmzDecompressionOptions { Models = [Model] }));
    }

    private static byte[] Frame(string vector) => Convert.FromHexString(vector.Replace(" ", "").Replace("|", ""));

    private static byte[] Frame(FrameHeader header, params Block[] blocks)
    {
        using var stream = new MemoryStream();
        var writer = new FrameWriter(stream, header);
        foreach (var block in blocks)
            writer.Write(block);
        writer.End();
        return stream.ToArray();
    }

    private static Block Checked(FrameHeader frame, BlockHeader header, byte[] body, ReadOnlySpan<byte> content) =>
        new(header, body, Block.CheckOver(frame, header, body, content));

    /// <summary>Whatever came before: the letter a has the weight 512, every other token 2. By rank a is 98th.</summary>
    private sealed class FixedModel : ITokenModel, ILaneSession, ILaneScorer
    {
        private readonly WeightRow _row = new(Tokenizer.FirstMerge, rank => rank == 'a' + 1 ? 512 : 2);

        public int VocabularySize => Tokenizer.FirstMerge;

        public static Interval IntervalOf(int token)
        {
            var (start, end) = (Cumulative(token + 1), Cumulative(token + 2));
            return new Interval(start, end - start);

            // As docs/exactness.md has it, from the weights before.
            static uint Cumulative(int rank) =>
                (uint)rank + (uint)(((2UL * (uint)rank) + (rank > 'a' + 1 ? 510UL : 0)) * (Interval.Total - Tokenizer.FirstMerge) / 1024);
        }

        public ILaneScorer OpenScorer() => this;

        public ILaneSession OpenSession(int lanes) => this;

        public void Score(ReadOnlySpan<int> tokens, DistributionReceiver receive, CancellationToken cancellation)
        {
            for (var i = 0; i < tokens.Length; i++)
                receive(i, _row.Distribution);
        }

        public void Predict(int active)
        {
        }

        public TokenDistribution Distribution(int lane) => _row.Distribution;

        public void Advance(ReadOnlySpan<int> tokens)
        {
        }

        public void Dispose()
        {
        }
    }
}

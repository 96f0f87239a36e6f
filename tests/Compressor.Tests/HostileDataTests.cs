using System.Buffers;
using Compressor.Blocks;
using Compressor.Concurrency;
using Compressor.Container;
using Compressor.Tests.Prediction;

namespace Compressor.Tests;

/// <summary>Data that asks for more memory or time than it is worth: the limits hold wherever data comes in.</summary>
[Trait("Category", "NothingIsLost")]
public sealed class HostileDataTests
{
    private static readonly LanguageModel Model = UniformModel.Create();

    public static TheoryData<string> EntryPoints => [.. Ways.Keys];

    private static Dictionary<string, Action<byte[], LmzDecompressionOptions>> Ways { get; } = new()
    {
        ["array"] = (data, options) => Lmz.Decompress(data, options),
        ["stream"] = (data, options) => Lmz.Decompress(new MemoryStream(data), Stream.Null, options),
        ["async"] = (data, options) => Lmz.DecompressAsync(new MemoryStream(data), Stream.Null, options).GetAwaiter().GetResult(),
        ["memory"] = (data, options) => Lmz.TryDecompress(data, new byte[1 << 20], out _, options),
        ["sequence"] = (data, options) => Lmz.Decompress(new ReadOnlySequence<byte>(data), new ArrayBufferWriter<byte>(), options),
        ["LmzStream"] = (data, options) => new LmzStream(new MemoryStream(data), options).CopyTo(Stream.Null),
        ["LmzDecoder"] = (data, options) =>
        {
            using var decoder = new LmzDecoder(options);
            if (decoder.Decompress(data, new byte[1 << 20], out _, out _) == OperationStatus.InvalidData)
                throw decoder.Error!;
        },
        ["reader"] = (data, options) => new LmzReader(new MemoryStream(data), options).CopyTo(Stream.Null, 0, long.MaxValue),
        ["reader, read"] = (data, options) => new LmzReader(new MemoryStream(data), options).Read(0, new byte[1 << 20]),
        ["reader, stream"] = (data, options) => new LmzReader(new MemoryStream(data), options).OpenStream().ReadExactly(new byte[20_000]),
        ["batch"] = (data, options) =>
        {
            try
            {
                LmzBatch.Decompress([data], options);
            }
            catch (LmzBatchException e)
            {
                throw Assert.Single(e.Failures).Error;
            }
        },
        ["recover"] = (data, options) => Lmz.Recover(new MemoryStream(data), Stream.Null, options),
        ["analyze"] = (data, options) => Lmz.Analyze(new MemoryStream(data), options).Last(),
    };

    [Theory]
    [MemberData(nameof(EntryPoints))]
    public void Limits_hold_wherever_data_comes_in(string entryPoint)
    {
        var data = Lmz.Compress(SampleBytes.Text(20_000), new LmzCompressionOptions { Level = 2, BlockLength = 4096 });
        Assert.All(Lmz.ReadInfo(new MemoryStream(data))[0].Blocks, block => Assert.Equal(LmzBlockType.ContextMixing, block.Type));
        Ways[entryPoint](data, new LmzDecompressionOptions { MaxContentLength = 20_000, MaxPredictedLength = 20_000 });
        Assert.Contains("accepted", Refused(new LmzDecompressionOptions { MaxContentLength = 19_999 }), StringComparison.Ordinal);
        Assert.Contains("predicted", Refused(new LmzDecompressionOptions { MaxPredictedLength = 19_999 }), StringComparison.Ordinal);

        // What is stored takes no prediction.
        var stored = Lmz.Compress(SampleBytes.Random(20_000), new LmzCompressionOptions { Level = 2, BlockLength = 4096 });
        Ways[entryPoint](stored, new LmzDecompressionOptions { MaxPredictedLength = 0 });

        string Refused(LmzDecompressionOptions options) => Assert.Throws<InvalidDataException>(() => Ways[entryPoint](data, options)).Message;
    }

    /// <summary>Data of 49 bytes once stood for minutes of prediction.</summary>
    [Theory]
    [InlineData(1, 0)]
    [InlineData(4096, 0)]
    [InlineData(4097, 1)]
    [InlineData(BlockHeader.MaxContentLength, 16380)]
    public void Predicted_content_needs_a_payload(int contentLength, int minPayloadLength) =>
        Assert.Equal(minPayloadLength, BlockHeader.MinPayloadLength(contentLength));

    [Fact]
    public void A_block_that_promises_more_than_its_payload_can_tell_is_refused()
    {
        foreach (var (payload, isAccepted) in (ReadOnlySpan<(int, bool)>)[(6, true), (5, false)])
        {
            BlockHeader[] headers =
            [
                BlockHeader.OfTokens(10_000, Model.Id, default, 1, 10_000, null, payload),
                BlockHeader.OfTokens(10_000, Model.Id, default, 1, 10_000, new MixingHeader(0, 0, 12), payload),
                BlockHeader.OfBytes(10_000, default, 10_000, new MixingHeader(0, 0, 12), payload),
            ];
            foreach (var header in headers)
                Assert.Equal(isAccepted, BlockHeader.Read(new FormatReader(header.ToBytes(), 0)) is not null);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(LmzCompressionOptions.DefaultLevel)]
    public void Content_that_is_nearly_certain_comes_back(int level)
    {
        byte[] pattern = [1, 2, 3, 4, 5, 6, 7];
        foreach (var content in (byte[][])[new byte[200_000], [.. Enumerable.Range(0, 200_000).Select(i => pattern[i % pattern.Length])]])
        {
            var data = Lmz.Compress(content, new LmzCompressionOptions { Level = level, Model = Model, BlockLength = 1 << 17 });
            Assert.InRange(data.Length, 1, 400);
            Assert.Equal(content, Lmz.Decompress(data, new LmzDecompressionOptions { Models = [Model] }));
        }
    }

    /// <summary>Each block can be decoded and then has the wrong check.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Recovery_gives_up_where_nothing_is_right(int threads)
    {
        const int Blocks = 200;
        const int BlockLength = 8192;
        byte[] content = [.. Enumerable.Repeat(SampleBytes.Text(64), Blocks * BlockLength / 64).SelectMany(bytes => bytes)];
        var frame = new FrameHeader(null);
        var same = new BlockEncoder(frame, ModelChoice.Of(), null, BlockSettings.OfLevel(2)) // its repeats are predicted, as no encoder would
            .Encode(new BlockContent(content[..BlockLength], []), new ProgressMeter(null), CancellationToken.None);
        using var file = new MemoryStream();
        var writer = new FrameWriter(file, frame);
        for (var i = 0; i < Blocks; i++)
            writer.Write(same);
        writer.End();
        var data = file.ToArray();
        var blocks = Lmz.ReadInfo(new MemoryStream(data))[0].Blocks;
        Assert.All(blocks, info => Assert.Equal(LmzBlockType.ContextMixing, info.Type));
        var good = blocks[^1];
        foreach (var info in blocks.SkipLast(1))
            data[info.Offset + info.CompressedLength - 1] ^= 1;
        data = data[..(int)(good.Offset + good.CompressedLength)]; // without the table, which knows the right checks

        var recovery = Lmz.Recover(new MemoryStream(data), Stream.Null, new LmzDecompressionOptions { Threads = threads });
        var tried = recovery.Damages.TakeWhile(damage => !damage.Reason.Contains("not tried", StringComparison.Ordinal)).Sum(damage => damage.ContentLength ?? 0);
        var limit = (1 << 20) + (16 * data.Length);
        Assert.InRange(tried, Math.Min(limit, content.Length - BlockLength) - BlockLength, limit + BlockLength);
        Assert.Equal(content.Length, recovery.ContentLength);
        Assert.True(content.Length > limit);
        Assert.Equal(good.Offset, recovery.Damages[^2].Offset); // even that one is not tried; the last damage is that the frame has no end
        Assert.Equal(0, recovery.RecoveredLength);
    }
}

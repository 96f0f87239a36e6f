using Compressor.Blocks;
using Compressor.Concurrency;
using Compressor.Container;
using Compressor.Payload;
using Compressor.Tests.Prediction;
using FsCheck;
using FsCheck.Fluent;

namespace Compressor.Tests;

/// <summary>Damaged data gives an error that says so: never wrong content, a crash or an endless loop.</summary>
public class DamageTests
{
    private static readonly LanguageModel Model = AdaptiveModel.Create(out _);
    private static readonly LmzDecompressionOptions WithModel = new() { Models = [Model], Threads = 1 };

    private static readonly BlockSettings TokensOnly = new() { Bytes = false };
    private static readonly BlockSettings Pure = new() { Bytes = false, Mixing = false };
    private static readonly BlockSettings BytesOnly = new() { Tokens = false };

    /// <summary>Small frames with every feature.</summary>
    private static readonly Dictionary<string, byte[]> Frames = new()
    {
        ["empty"] = Compress([]),
        ["stored"] = Compress(SampleBytes.Random(20)),
        ["transformer"] = CompressBlocks(120, Pure, SampleBytes.Text(120)),
        ["memory"] = Compress(SampleBytes.Text(120)),
        ["bytes"] = CompressBlocks(150, BytesOnly, SampleBytes.Text(150)),
        ["records"] = CompressBlocks(320, BytesOnly, SampleBytes.Records(20, 16)),
        ["brotli"] = Compress([.. SampleBytes.Random(600), .. SampleBytes.Random(600)]),
        ["line ends"] = Compress("the\r\nof\r\n\r\n\nand\r\nthe\r\nof\r\n and\r\n the\r\n\r\nthe\r\nof\r\n"u8.ToArray()),
        ["line breaks"] = Compress(SampleBytes.Wrapped(2200, 40)),
        ["joined bytes"] = CompressBlocks(null, BytesOnly, SampleBytes.Wrapped(2200, 40, "> ")),
        ["length unknown"] = CompressBlocks(null, TokensOnly, SampleBytes.Text(60), SampleBytes.Random(10)),
    };

    public static TheoryData<string> FrameNames { get; } = [.. Frames.Keys];

    [Fact]
    public void TheFramesHaveTheirFeatures()
    {
        Assert.Empty(Info("empty").Blocks);
        Assert.Equal(LmzBlockType.Stored, Info("stored").Blocks[0].Type);
        Assert.Equal((LmzBlockType.Transformer, LmzFilter.None), (Info("transformer").Blocks[0].Type, Info("transformer").Blocks[0].Filter));
        Assert.Equal((LmzBlockType.TransformerAndMixing, LmzFilter.None), (Info("memory").Blocks[0].Type, Info("memory").Blocks[0].Filter));
        Assert.Equal(LmzBlockType.ContextMixing, Info("bytes").Blocks[0].Type);
        Assert.Equal(LmzBlockType.ContextMixing, Info("records").Blocks[0].Type);
        Assert.Equal(LmzBlockType.Brotli, Info("brotli").Blocks[0].Type);
        Assert.Equal((LmzBlockType.TransformerAndMixing, LmzFilter.LineEnds), (Info("line ends").Blocks[0].Type, Info("line ends").Blocks[0].Filter));
        Assert.Equal((LmzBlockType.TransformerAndMixing, LmzFilter.LineBreaks), (Info("line breaks").Blocks[0].Type, Info("line breaks").Blocks[0].Filter));
        Assert.Equal((LmzBlockType.ContextMixing, LmzFilter.LineBreaks), (Info("joined bytes").Blocks[0].Type, Info("joined bytes").Blocks[0].Filter));
        Assert.Equal(2, Info("length unknown").Blocks.Count);

        static LmzFrameInfo Info(string name) => Assert.Single(Lmz.ReadInfo(new MemoryStream(Frames[name])));
    }

    [Theory]
    [MemberData(nameof(FrameNames))]
    public void EveryTruncationIsFound(string name)
    {
        var frame = Frames[name];
        for (var length = 0; length < frame.Length; length++)
        {
            var error = Rejects(frame[..length]);
            Assert.True(error is InvalidDataException, $"{name}, first {length} bytes: {error}");
            Assert.Throws<InvalidDataException>(() => Lmz.ReadInfo(new MemoryStream(frame[..length])));
        }
    }

    [Theory]
    [MemberData(nameof(FrameNames))]
    public void EveryChangedByteIsFound(string name)
    {
        var frame = Frames[name];
        var changed = (byte[])frame.Clone();
        for (var i = 0; i < frame.Length; i++)
        {
            foreach (var change in (byte[])[1, 2, 4, 8, 16, 32, 64, 128, 255, 0x5A])
            {
                changed[i] = (byte)(frame[i] ^ change);
                var error = Rejects(changed);
                Assert.True(error is InvalidDataException or ModelNotFoundException, $"{name}, byte {i} ^ {change}: {error}");
            }

            changed[i] = frame[i];
        }
    }

    [Theory]
    [MemberData(nameof(FrameNames))]
    public void WhatFollowsMustBeAFrame(string name)
    {
        var frame = Frames[name];
        Assert.Contains("no .lmz frame starts here", Rejects([.. frame, 0])?.Message, StringComparison.Ordinal);
        Assert.Contains($"byte {frame.Length + 1}:", Rejects([.. frame, 0xFE])?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void BlocksCannotBeSwappedOrLeftOut()
    {
        var header = new FrameHeader(null);
        var encoder = new BlockEncoder(header, ModelChoice.Of(Model), null, TokensOnly);
        var first = encoder.Encode(new BlockContent(SampleBytes.Text(50, seed: 1), []), new ProgressMeter(null), CancellationToken.None);
        var second = encoder.Encode(new BlockContent(SampleBytes.Text(50, seed: 2), []), new ProgressMeter(null), CancellationToken.None);
        var frame = Write(header, first, second);
        var start = header.ToBytes().Length;
        var (one, two) = (frame[start..(start + first.Header.DataLength)], frame[(start + first.Header.DataLength)..][..second.Header.DataLength]);
        var end = frame[(start + one.Length + two.Length)..];
        Assert.Null(Rejects([.. frame[..start], .. one, .. two, .. end]));
        foreach (var wrong in (byte[][])[[.. two, .. one], one, two, [.. one, .. one, .. two], []])
            Assert.Contains("end of the frame", Rejects([.. frame[..start], .. wrong, .. end])?.Message, StringComparison.Ordinal);
    }

    /// <summary>Checks are right here, so it is the decoder that has to see what is wrong.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(MixingHeader.MinTableBits)]
    public void ImpossibleBlocksAreRefused(int tableBits)
    {
        var content = SampleBytes.Text(200);
        var frame = new FrameHeader(null);
        var good = new BlockEncoder(frame, ModelChoice.Of(Model), null, tableBits == 0 ? Pure : TokensOnly).Encode(new BlockContent(content, []), new ProgressMeter(null), CancellationToken.None);
        var (tokens, payload) = (good.Header.Tokens, good.Body.Length);
        MixingHeader? mixing = tableBits == 0 ? null : new(0, 0, tableBits);
        Assert.Null(Forge(BlockHeader.OfTokens(200, Model.Id, default, 1, tokens, mixing, payload), good.Body));
        Assert.NotNull(Forge(BlockHeader.OfTokens(199, Model.Id, default, 1, tokens, mixing, payload), good.Body));
        Assert.NotNull(Forge(BlockHeader.OfTokens(201, Model.Id, default, 1, tokens, mixing, payload), good.Body));
        Assert.NotNull(Forge(BlockHeader.OfTokens(200, Model.Id, default, 1, tokens - 1, mixing, payload), good.Body));
        Assert.NotNull(Forge(BlockHeader.OfTokens(200, Model.Id, default, 1, tokens + 1, mixing, payload), good.Body));
        Assert.NotNull(Forge(BlockHeader.OfTokens(200, Model.Id, default, 2, tokens, mixing, payload), good.Body));
        Assert.NotNull(Forge(BlockHeader.OfTokens(200, Model.Id, default, 1, tokens, mixing, payload - 1), good.Body[1..]));
        Assert.NotNull(Forge(BlockHeader.OfTokens(200, Model.Id, default, 1, tokens, mixing, payload - 1), good.Body[..^1]));
        Assert.NotNull(Forge(BlockHeader.OfTokens(200, Model.Id, default, 1, tokens, mixing, payload + 1), [.. good.Body, 0]));
        Assert.NotNull(Forge(BlockHeader.OfTokens(200, Model.Id, new(LmzFilter.LineEnds, 0, 0), 1, tokens, mixing, payload), good.Body)); // line feeds would expand
        Assert.NotNull(Forge(BlockHeader.OfTokens(200, Model.Id, new(LmzFilter.LineEnds, 1, 0), 1, tokens, mixing, payload), [100, .. good.Body]));
        Assert.NotNull(Forge(BlockHeader.OfTokens(200, Model.Id, new(LmzFilter.LineEnds, 1, 0), 1, tokens, mixing, payload), [0x80, .. good.Body]));
        Assert.Null(Forge(BlockHeader.OfTokens(200, Model.Id, new(LmzFilter.LineBreaks, 0, 2), 1, tokens, mixing, payload), [200, 1, .. good.Body])); // no gap is so far
        Assert.NotNull(Forge(BlockHeader.OfTokens(200, Model.Id, new(LmzFilter.LineBreaks, 0, 1), 1, tokens, mixing, payload), [0, .. good.Body]));
        Assert.NotNull(Forge(BlockHeader.OfTokens(200, Model.Id, new(LmzFilter.LineBreaks, 0, 1), 1, tokens, mixing, payload), [0x80, .. good.Body]));
        Assert.NotNull(Forge(BlockHeader.OfTokens(200, Model.Id, new(LmzFilter.LineBreaks, 0, 0), 1, tokens, mixing, payload), good.Body));
        Assert.NotNull(Forge(BlockHeader.OfTokens(200, Model.Id, new(LmzFilter.LineBreaks, 0, 3), 1, tokens, mixing, payload), [200, 1, 9, .. good.Body]));
        Assert.Contains("filter", Forge(BlockHeader.OfTokens(200, Model.Id, new((LmzFilter)4, 0, 0), 1, tokens, mixing, payload), good.Body)?.Message, StringComparison.Ordinal);
        Assert.NotNull(Forge(BlockHeader.OfTokens(200, Model.Id, default, 257, tokens + 300, mixing, payload), good.Body));
        Assert.NotNull(Forge(BlockHeader.OfTokens(200, Model.Id, default, 2, 1, mixing, payload), good.Body));
        Assert.NotNull(Forge(BlockHeader.OfTokens(10, Model.Id, default, 1, tokens, mixing, payload), good.Body));

        Exception? Forge(BlockHeader header, byte[] body) =>
            Rejects(Write(frame, new Block(header, body, Block.CheckOver(frame, header, body, content))));
    }

    [Fact]
    public void ImpossibleBlocksOfBytesAreRefused()
    {
        var content = SampleBytes.Records(20, 16);
        var frame = new FrameHeader(null);
        var good = new BlockEncoder(frame, ModelChoice.Of(Model), null, BytesOnly).Encode(new BlockContent(content, []), new ProgressMeter(null), CancellationToken.None);
        var (profile, stride, bits, payload) = (good.Header.Mixing!.Value.Profile, good.Header.Mixing.Value.Stride, good.Header.Mixing.Value.TableBits, good.Body.Length);
        Assert.Null(Forge(320, profile, stride, bits, good.Body));
        Assert.NotNull(Forge(319, profile, stride, bits, good.Body));
        Assert.NotNull(Forge(321, profile, stride, bits, good.Body));
        Assert.NotNull(Forge(320, profile, stride, bits, [.. good.Body, 0]));
        Assert.NotNull(Forge(320, profile, stride, bits, good.Body[..^1]));
        Assert.NotNull(Forge(320, (profile + 1) % MixingHeader.Profiles, stride, bits, good.Body));
        Assert.Contains("profile", Forge(320, MixingHeader.Profiles + 1, stride, bits, good.Body)?.Message, StringComparison.Ordinal);
        Assert.Contains("stride", Forge(320, profile, MixingHeader.MaxStride + 1, bits, good.Body)?.Message, StringComparison.Ordinal);
        Assert.Contains("tables", Forge(320, profile, stride, MixingHeader.MaxTableBits + 1, good.Body)?.Message, StringComparison.Ordinal);
        Assert.Contains("tables", Forge(320, profile, stride, MixingParameters.MaxTableBits(320) + 1, good.Body)?.Message, StringComparison.Ordinal);
        Assert.Contains("tables", Forge(320, profile, stride, MixingHeader.MinTableBits - 1, good.Body)?.Message, StringComparison.Ordinal);

        Exception? Forge(int length, int profile, int stride, int bits, byte[] body)
        {
            var header = BlockHeader.OfBytes(length, default, length, new MixingHeader(profile, stride, bits), body.Length);
            return Rejects(Write(frame, new Block(header, body, Block.CheckOver(frame, header, body, content))));
        }
    }

    [Fact]
    public void AnnouncedLengthsCostNothing()
    {
        // A frame of a few bytes that announces the longest block there can be.
        var frame = new FrameHeader(null).ToBytes();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.IsType<InvalidDataException>(Rejects([.. frame, .. BlockHeader.Stored(1 << 24).ToBytes(), 1, 2, 3]));
        Assert.IsType<InvalidDataException>(Rejects(
            [.. frame, .. BlockHeader.OfTokens(1 << 24, Model.Id, default, 1, 1 << 24, null, 3).ToBytes(), 1, 2, 3, 4, 5, 6, 7]));
        Assert.IsType<InvalidDataException>(Rejects(
            [.. frame, .. BlockHeader.OfTokens(1 << 24, Model.Id, default, 1, 1 << 24, new MixingHeader(0, 0, MixingHeader.MinTableBits), 3).ToBytes(), 1, 2, 3, 4, 5, 6, 7]));
        Assert.IsType<InvalidDataException>(Rejects([.. frame, .. BlockHeader.OfBytes(1 << 24, default, 1 << 24, new MixingHeader(0, 0, MixingHeader.MinTableBits), 3).ToBytes(), 1, 2, 3, 4, 5, 6, 7]));
        Assert.IsType<InvalidDataException>(Rejects([.. frame, .. BlockHeader.Brotli(1 << 24, 3).ToBytes(), 1, 2, 3, 4, 5, 6, 7]));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void GarbageIsRefused() =>
        Prop.ForAll(SampleBytes.Arbitrary, garbage =>
        {
            var header = new FrameHeader(null).ToBytes();
            Assert.NotNull(Rejects(garbage));
            Assert.NotNull(Rejects([.. header, .. garbage]));
            foreach (var type in Enum.GetValues<LmzBlockType>())
                Assert.NotNull(Rejects([.. header, (byte)type, .. garbage]));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300).WithEndSize(200));

    /// <summary>The error of decompression, of the two kinds that there may be; null for none.</summary>
    private static Exception? Rejects(byte[] data)
    {
        try
        {
            Lmz.Decompress(data, WithModel);
            return null;
        }
        catch (Exception e) when (e is InvalidDataException or ModelNotFoundException)
        {
            return e;
        }
    }

    private static byte[] Compress(byte[] content) => CompressBlocks(content.Length, TokensOnly, content);

    private static byte[] CompressBlocks(long? length, BlockSettings settings, params byte[][] contents)
    {
        var header = new FrameHeader(length);
        var encoder = new BlockEncoder(header, ModelChoice.Of(Model), null, settings);
        return Write(header, [.. contents.Where(content => content.Length > 0).Select(content => encoder.Encode(new BlockContent(content, []), new ProgressMeter(null), CancellationToken.None))]);
    }

    private static byte[] Write(FrameHeader header, params Block[] blocks)
    {
        using var stream = new MemoryStream();
        var writer = new FrameWriter(stream, header);
        foreach (var block in blocks)
            writer.Write(block);
        writer.End();
        return stream.ToArray();
    }
}

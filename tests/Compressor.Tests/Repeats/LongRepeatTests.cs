using Compressor.Container;
using Compressor.Repeats;

namespace Compressor.Tests.Repeats;

/// <summary>Long repeats in whole files: every way to decode gives them back, and refuses those that the format forbids.</summary>
[Trait("Category", "NothingIsLost")]
public sealed class LongRepeatTests
{
    private const int BlockLength = 1 << 16;

    private static readonly LmzDecompressionOptions Options = new() { Models = [], Threads = 2 };

    /// <summary>Each with the most that it may come to.</summary>
    public static TheoryData<string, int> Kinds => new()
    {
        { "noise twice", 250_000 + 500 },
        { "zeros", 500 },
        { "periods of noise", 700 + 600 },
        { "versions", 60_000 + 20_000 },
        { "tar with duplicates", 3 * 20_000 + 16_000 },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void EveryWayToDecodeGivesThemBack(string kind, int maxLength)
    {
        var content = Content(kind);
        var data = Compress(content);
        Assert.InRange(data.Length, 1, maxLength);
        Assert.Contains(Lmz.ReadInfo(new MemoryStream(data))[0].Blocks, block => block.RepeatedLength > 0);
        Assert.All(AllWays(data), decoded => Assert.Equal(content, decoded));
    }

    [Fact]
    public void EveryLevelFindsThem()
    {
        var noise = SampleBytes.Random(20_000);
        byte[] content = [.. noise, .. noise];
        for (var level = LmzCompressionOptions.MinLevel; level <= LmzCompressionOptions.MaxLevel; level++)
        {
            var data = Lmz.Compress(content, new LmzCompressionOptions { Level = level, Model = Prediction.UniformModel.Create(), BlockLength = 1 << 13 });
            Assert.InRange(data.Length, 20_000, 20_300);
        }
    }

    [Fact]
    public void AnyPartCanBeRead()
    {
        var content = Content("versions");
        using var reader = new LmzReader(new MemoryStream(Compress(content)), Options);
        var random = new Random(3);
        for (var i = 0; i < 200; i++)
        {
            var part = new byte[random.Next(1, 5000)];
            var offset = random.Next(content.Length - part.Length);
            Assert.Equal(part.Length, reader.Read(offset, part));
            Assert.Equal(content[offset..(offset + part.Length)], part);
        }
    }

    [Fact]
    public void FramesDoNotReferToEachOther()
    {
        var content = Content("noise twice");
        var data = Compress(content);
        byte[] two = [.. data, .. data];
        Assert.All(AllWays(two), decoded => Assert.Equal([.. content, .. content], decoded!));
        Assert.All(AllWays([.. Compress([7]), .. data]), decoded => Assert.Equal([7, .. content], decoded!));
    }

    [Fact]
    public void FlushedPiecesReferToEachOther()
    {
        var piece = SampleBytes.Random(3000);
        using var data = new MemoryStream();
        using (var stream = new LmzStream(data, new LmzCompressionOptions { Level = 1 }, leaveOpen: true))
        {
            for (var i = 0; i < 10; i++)
            {
                stream.Write(piece);
                stream.Flush();
            }
        }

        Assert.InRange(data.Length, 3000, 3600);
        Assert.All(AllWays(data.ToArray()), decoded => Assert.Equal(30_000, decoded!.Length));
    }

    [Fact]
    public void ABlockWhoseSourceIsLostIsLostToo()
    {
        var content = Content("noise twice");
        var data = Compress(content);
        var blocks = Lmz.ReadInfo(new MemoryStream(data))[0].Blocks;
        data[blocks[1].Offset + 100] ^= 1;
        using var recovered = new MemoryStream();
        var recovery = Lmz.Recover(new MemoryStream(data), recovered, Options);
        Assert.Contains(recovery.Damages, damage => damage.ContentOffset == BlockLength && damage.ContentLength == BlockLength);
        Assert.Contains(recovery.Damages, damage => damage.Reason == "the source of a repeat is lost");
        Assert.Equal(content.Length, recovered.Length);
        var intact = recovered.ToArray();
        foreach (var damage in recovery.Damages)
            content.AsSpan((int)damage.ContentOffset, (int)damage.ContentLength!).Clear();
        Assert.Equal(content, intact);

        // What is behind the damage refers to what is left. And what does not is decoded by a reader.
        Assert.True(recovery.RecoveredLength >= content.Length / 2);
        using var reader = new LmzReader(new MemoryStream(data), Options);
        Assert.Equal(100, reader.Read(BlockLength - 100, new byte[100]));
        Assert.Throws<InvalidDataException>(() => reader.Read(BlockLength, new byte[100]));
    }

    /// <summary>Where the seek table is lost with a block in the middle, what is behind it may refer to what is before, which is then somewhere else.</summary>
    [Fact]
    public void NothingWrongIsRecoveredBehindALossOfUnknownLength()
    {
        var content = Content("noise twice");
        var data = Compress(content);
        var blocks = Lmz.ReadInfo(new MemoryStream(data))[0].Blocks;
        byte[] cut = [.. data.AsSpan(0, (int)blocks[1].Offset), .. data.AsSpan((int)blocks[2].Offset, (int)(blocks[^1].Offset + blocks[^1].CompressedLength - blocks[2].Offset))];
        using var recovered = new MemoryStream();
        var recovery = Lmz.Recover(new MemoryStream(cut), recovered, Options);
        Assert.False(recovery.IsWhole);
        Assert.Equal(content.AsSpan(0, BlockLength), recovered.ToArray().AsSpan(0, BlockLength));
    }

    /// <summary>Each is refused by every way to decode, also where only one rule is broken and the check is right.</summary>
    [Fact]
    public void WhatTheFormatForbidsIsRefused()
    {
        var frame = new FrameHeader(null);
        var first = SampleBytes.Random(1000);
        byte[] Repeated(int start) => first[start..(start + 500)];

        // Right: a repeat, and one of what is left beside it.
        Assert.Equal([.. first, .. Repeated(0), 1], Lmz.Decompress(Forge(first, ([.. Repeated(0), 1], [new Repeat(0, 500, 1000)])), Options));
        Accepts(Forge(first, ([.. Repeated(0), 1], [new Repeat(0, 500, 1000)]), ([.. Repeated(0), 2], [new Repeat(0, 500, 1501)])));

        Refuses(Forge(first, ([.. Repeated(0), 1], [new Repeat(0, 500, 1001)]))); // before the frame
        Refuses(Forge(first, ([.. Repeated(0), 1], [new Repeat(0, 500, 400)]))); // into the block
        Refuses(Forge(first, ([.. Repeated(0), 1], [new Repeat(0, 500, 1000)]), ([.. Repeated(0), 2], [new Repeat(0, 500, 501)]))); // of what another block repeats
        Refuses(Forge(first, ([.. Repeated(0), .. Repeated(0), 1], [new Repeat(0, 500, 1000), new Repeat(500, 500, 500)]))); // of what the block itself repeats
        Refuses(Forge(first, ([.. Repeated(1), 1], [new Repeat(0, 500, 1000)]))); // other content
        var nested = BlockHeader.Repeats(10, 4, BlockHeader.Repeats(9, 4, BlockHeader.Stored(8)));
        Refuses(Frame(frame, new Block(nested, new byte[16], 0)));
        Refuses(Frame(frame, new Block(BlockHeader.Repeats(10, 4, BlockHeader.Stored(10)), new byte[14], 0)));
        Refuses(Frame(frame, new Block(BlockHeader.Repeats(10, 3, BlockHeader.Stored(7)), new byte[10], 0)));

        void Accepts(byte[] data) => Assert.All(AllWays(data), Assert.NotNull);
        void Refuses(byte[] data) => Assert.All(AllWays(data), Assert.Null);

        byte[] Forge(byte[] content, params (byte[] Content, Repeat[] Repeats)[] others)
        {
            var blocks = new List<Block> { Checked(BlockHeader.Stored(content.Length), content, content) };
            foreach (var (bytes, repeats) in others)
            {
                var list = RepeatList.ToBytes(repeats);
                var rest = RepeatFinder.Rest(bytes, repeats);
                blocks.Add(Checked(BlockHeader.Repeats(bytes.Length, list.Length, BlockHeader.Stored(rest.Length)), [.. list, .. rest], bytes));
            }

            return Frame(frame, [.. blocks]);
        }

        Block Checked(BlockHeader header, byte[] body, byte[] content) => new(header, body, Block.CheckOver(frame, header, body, content));
    }

    /// <summary>Reading one block costs what it refers to and no more, however many blocks repeat each other.</summary>
    [Fact]
    public void AReaderDecodesEachSourceOnce()
    {
        var piece = SampleBytes.Random(3000);
        byte[] content = [.. Enumerable.Repeat(piece, 200).SelectMany(bytes => bytes)];
        var data = Lmz.Compress(content, new LmzCompressionOptions { Level = 1, BlockLength = LmzCompressionOptions.MinBlockLength });
        using var source = new CountingStream(data);
        using var reader = new LmzReader(source, Options);
        var opened = source.BytesRead;
        Assert.Equal(1, reader.Read(content.Length - 1, new byte[1]));
        Assert.InRange(source.BytesRead - opened, 1, 7000); // the block, and the two that its source is in
        for (var i = 0; i < content.Length; i += 1000)
            reader.Read(i, new byte[1000]);
        Assert.InRange(source.BytesRead - opened, 1, 2 * data.Length);
    }

    private static byte[] Content(string kind)
    {
        var noise = SampleBytes.Random(250_000);
        switch (kind)
        {
            case "noise twice":
                return [.. noise, .. noise];
            case "zeros":
                return new byte[1_000_000];
            case "periods of noise":
                return [.. Enumerable.Repeat(noise[..700], 1000).SelectMany(bytes => bytes)];
            case "versions":
                var content = new List<byte>();
                var version = noise[..60_000];
                for (var i = 0; i < 10; i++)
                {
                    content.AddRange(version);
                    version = version.ToArray();
                    version[(i * 7919) % version.Length] ^= 1;
                }

                return [.. content];
            default:
                byte[][] files = [SampleBytes.Random(20_000, seed: 1), SampleBytes.Random(20_000, seed: 2), SampleBytes.Random(20_000, seed: 3)];
                int[] order = [0, 1, 1, 0, 2, 0, 1, 2, 2, 1];
                return [.. order.SelectMany((file, i) => new byte[512].Select(_ => (byte)i).Concat(files[file]))];
        }
    }

    private static byte[] Compress(byte[] content) => Lmz.Compress(content, new LmzCompressionOptions { Level = 1, BlockLength = BlockLength });

    private static byte[] Frame(FrameHeader header, params Block[] blocks)
    {
        using var data = new MemoryStream();
        var writer = new FrameWriter(data, header);
        foreach (var block in blocks)
            writer.Write(block);
        writer.End();
        return data.ToArray();
    }

    private static IEnumerable<byte[]?> AllWays(byte[] data)
    {
        yield return Attempt(() => Lmz.Decompress(data, Options));
        yield return Attempt(() => Lmz.Decompress(data, new LmzDecompressionOptions { Models = [], Threads = 1 }));
        yield return Attempt(() => Assert.Single(LmzBatch.Decompress([data], Options)));
        yield return Attempt(() =>
        {
            using var stream = new LmzStream(new MemoryStream(data), Options);
            using var content = new MemoryStream();
            stream.CopyTo(content);
            return content.ToArray();
        });
        yield return Attempt(() =>
        {
            using var reader = new LmzReader(new MemoryStream(data), Options);
            using var content = new MemoryStream();
            reader.CopyTo(content, 0, long.MaxValue);
            return content.ToArray();
        });
        yield return Attempt(() =>
        {
            using var reader = new LmzReader(new MemoryStream(data), Options);
            var content = new byte[reader.Length];
            for (var end = content.Length; end > 0; end -= Math.Min(end, 10_000))
                reader.Read(Math.Max(0, end - 10_000), content.AsSpan(Math.Max(0, end - 10_000)..end));
            return content;
        });
        yield return Attempt(() =>
        {
            using var content = new MemoryStream();
            return Lmz.Recover(new MemoryStream(data), content, Options).IsWhole ? content.ToArray() : throw new InvalidDataException();
        });
    }

    private static byte[]? Attempt(Func<byte[]> decode)
    {
        try
        {
            return decode();
        }
        catch (InvalidDataException)
        {
            return null;
        }
        catch (LmzBatchException)
        {
            return null;
        }
    }

    private sealed class CountingStream(byte[] data) : MemoryStream(data)
    {
        public long BytesRead { get; private set; }

        public override int Read(byte[] buffer, int offset, int count) // which the other Read of a derived stream calls
        {
            var read = base.Read(buffer, offset, count);
            BytesRead += read;
            return read;
        }
    }
}

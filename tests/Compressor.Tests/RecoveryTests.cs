using Compressor.Tests.Prediction;

namespace Compressor.Tests;

/// <summary>Damaged data gives all content but that of the damaged blocks, and says where those are.</summary>
public sealed class RecoveryTests
{
    private const int BlockLength = 4096;

    private static readonly LanguageModel Model = AdaptiveModel.Create(out _);
    private static readonly LmzDecompressionOptions WithModel = new() { Models = [Model] };
    private static readonly byte[] Content =
        [.. SampleBytes.Text(2 * BlockLength), .. SampleBytes.Random(BlockLength), .. SampleBytes.Text((2 * BlockLength) + 500, seed: 3)];

    private static readonly byte[] Data = Lmz.Compress(Content, new LmzCompressionOptions { Model = Model, BlockLength = BlockLength });
    private static readonly IReadOnlyList<LmzBlockInfo> Blocks = Lmz.ReadInfo(new MemoryStream(Data))[0].Blocks;

    [Fact]
    public void WholeDataIsWhole()
    {
        foreach (var data in (byte[][])[Data, [.. Data, .. Data], Lmz.Compress([]), Lmz.Compress("one"u8, new LmzCompressionOptions { Model = Model })])
        {
            var recovery = Recover(data, out var content);
            Assert.True(recovery.IsWhole);
            Assert.Equal(Lmz.Decompress(data, WithModel), content);
            Assert.Equal((content.Length, content.Length), (recovery.ContentLength, recovery.RecoveredLength));
        }
    }

    [Fact]
    public void AnyDamagedByteLosesOneBlockAtMost()
    {
        for (var i = 0; i < Data.Length; i += i < 20 || i > Data.Length - 100 ? 1 : 97)
        {
            var data = (byte[])Data.Clone();
            data[i] ^= 0x21;
            var recovery = Recover(data, out var content);
            var block = Blocks.ToList().FindIndex(block => i >= block.Offset && i < block.Offset + block.CompressedLength);
            var damage = Assert.Single(recovery.Damages);
            if (block < 0)
            {
                Assert.Equal(Content, content); // the header or the end
                continue;
            }

            var expected = (byte[])Content.Clone();
            expected.AsSpan(block * BlockLength, Blocks[block].ContentLength).Clear();
            Assert.Equal((Blocks[block].Offset, Blocks[block].CompressedLength), (damage.Offset, damage.Length));
            Assert.Equal((block * BlockLength, Blocks[block].ContentLength), (damage.ContentOffset, damage.ContentLength));
            Assert.Equal(expected, content);
            Assert.Equal(Content.Length - Blocks[block].ContentLength, recovery.RecoveredLength);
        }
    }

    [Fact]
    public void EveryTruncationKeepsTheBlocksBefore()
    {
        for (var length = 0; length < Data.Length; length += length < 20 ? 1 : 61)
        {
            var recovery = Recover(Data[..length], out var content);
            var whole = Blocks.Count(block => block.Offset + block.CompressedLength <= length);
            Assert.Equal(Content[..Math.Min(Content.Length, whole * BlockLength)], content);
            Assert.False(recovery.IsWhole);
        }
    }

    /// <summary>What the header said is tried: the length known or not, the dictionary, a model or none.</summary>
    [Theory]
    [InlineData(6, true, true)]
    [InlineData(6, true, false)]
    [InlineData(6, false, true)]
    [InlineData(6, false, false)]
    [InlineData(1, true, true)]
    [InlineData(1, false, false)]
    public void ADamagedFrameHeaderIsMadeAgain(int level, bool hasDictionary, bool lengthIsKnown)
    {
        var dictionary = new LmzDictionary(SampleBytes.Text(3000, seed: 8));
        var options = new LmzCompressionOptions { Model = Model, Level = level, BlockLength = BlockLength, Dictionary = hasDictionary ? dictionary : null };
        var good = Lmz.Compress(Content, options);
        if (!lengthIsKnown)
        {
            using var compressed = new MemoryStream();
            using (var writer = new LmzStream(compressed, options, leaveOpen: true))
                writer.Write(Content);
            good = compressed.ToArray();
        }

        var header = (int)Lmz.ReadInfo(new MemoryStream(good))[0].Blocks[0].Offset;
        for (var i = 0; i < header; i++)
        {
            var data = (byte[])good.Clone();
            data[i] ^= 0x21;
            using var destination = new MemoryStream();
            var recovery = Lmz.Recover(new MemoryStream(data), destination, new LmzDecompressionOptions { Models = [Model], Dictionary = dictionary });
            Assert.Equal((0, header), (Assert.Single(recovery.Damages).Offset, recovery.Damages[0].Length));
            Assert.Equal(Content, destination.ToArray());
        }
    }

    [Fact]
    public void MissingReferenceDataIsNamed()
    {
        var dictionary = new LmzDictionary(SampleBytes.Text(3000, seed: 8));
        var data = Lmz.Compress(Content, new LmzCompressionOptions { Model = Model, BlockLength = BlockLength, Dictionary = dictionary });
        var recovery = Recover(data, out _);
        Assert.Equal(Blocks.Count(block => block.Tokens > 0), recovery.Damages.Count);
        Assert.All(recovery.Damages, damage => Assert.Contains(dictionary.Id, damage.Reason, StringComparison.Ordinal));
        Assert.Equal(BlockLength, recovery.RecoveredLength); // the block that is stored
    }

    /// <summary>Without the table: the next block is found by its check.</summary>
    [Fact]
    public void BlocksAreFoundAfterADamagedHeaderWithoutASeekTable()
    {
        var end = (int)(Blocks[^1].Offset + Blocks[^1].CompressedLength);
        var data = Data[..end];
        data[Blocks[1].Offset] = 0x77;
        var recovery = Recover(data, out var content);
        Assert.Equal([.. Content[..BlockLength], .. Content[(2 * BlockLength)..]], content);
        Assert.Equal([Blocks[1].Offset, end], recovery.Damages.Select(damage => damage.Offset));
        Assert.Equal((Blocks[1].CompressedLength, null), (recovery.Damages[0].Length, recovery.Damages[0].ContentLength));
    }

    [Fact]
    public void LengthsThatLieDoNotHideTheNextBlock()
    {
        var end = (int)(Blocks[^1].Offset + Blocks[^1].CompressedLength);
        var data = Data[..end];
        var stored = Blocks[2];
        Assert.Equal(LmzBlockType.Stored, stored.Type);
        data[stored.Offset + 2]--; // 128 bytes less
        Recover(data, out var content);
        Assert.Equal([.. Content[..(2 * BlockLength)], .. Content[(3 * BlockLength)..]], content);
    }

    [Fact]
    public void FramesAreFoundAfterGarbage()
    {
        var one = Lmz.Compress("one"u8, new LmzCompressionOptions { Model = Model });
        var recovery = Recover([.. SampleBytes.Random(1000), .. one, .. SampleBytes.Random(100, seed: 2), .. Data], out var content);
        Assert.Equal([.. "one"u8, .. Content], content);
        Assert.Equal([0L, 1000 + one.Length], recovery.Damages.Select(damage => damage.Offset));
    }

    [Fact]
    public void DataOfOthersHasNothing()
    {
        foreach (var data in (byte[][])[[], [0xFE], SampleBytes.Random(5000), SampleBytes.Text(5000)])
        {
            var recovery = Recover(data, out var content);
            Assert.Empty(content);
            Assert.Single(recovery.Damages);
        }
    }

    /// <summary>Errors are the rule when damaged data is searched: they are values there, not exceptions.</summary>
    [Fact]
    public void NoiseIsSearchedWithoutExceptions()
    {
        var noise = SampleBytes.Random(1 << 20);
        using var counter = new ExceptionCounter();
        Assert.False(Recover(noise, out var content).IsWhole);
        Assert.Empty(content);
        Assert.Equal(0, counter.Thrown);
        Assert.Throws<FormatException>(() => int.Parse("x")); // which is counted
        Assert.Equal(1, counter.Thrown);
    }

    [Fact]
    public void AMissingModelIsNamed()
    {
        using var source = new MemoryStream(Data);
        var other = new LanguageModel("other", ModelId.Parse("00000000000000ff"), Model.Tokenizer, Model.TokenModel);
        var recovery = Lmz.Recover(source, Stream.Null, new LmzDecompressionOptions { Models = [other] });
        Assert.Equal(Blocks.Count(block => block.Tokens > 0), recovery.Damages.Count);
        Assert.Contains(Model.Id.ToString(), recovery.Damages[0].Reason, StringComparison.Ordinal);
        Assert.Equal(BlockLength, recovery.RecoveredLength); // the block that is stored
    }

    [Fact]
    public void ContentIsBounded() =>
        Assert.Throws<InvalidDataException>(() => Lmz.Recover(
            new MemoryStream(Data), Stream.Null, new LmzDecompressionOptions { Models = [Model], MaxContentLength = Content.Length - 1 }));

    private static LmzRecovery Recover(byte[] data, out byte[] content)
    {
        using var destination = new MemoryStream();
        var recovery = Lmz.Recover(new MemoryStream(data), destination, WithModel);
        content = destination.ToArray();
        Assert.Equal(content.Length, recovery.ContentLength);
        return recovery;
    }

    /// <summary>A piece in the middle is gone: the seek table knows what was there, and what is left stays in its place.</summary>
    [Theory]
    [InlineData(0.5, 3)]
    [InlineData(0, 1)]
    [InlineData(0.5, 0.5)]
    [InlineData(0, 0.9)]
    public void WhatFollowsAMissingPieceStaysInItsPlace(double from, double length)
    {
        const int BlockLength = 4096;
        var content = SampleBytes.Random(10 * BlockLength);
        var data = Lmz.Compress(content, new LmzCompressionOptions { Level = 1, BlockLength = BlockLength });
        var blocks = Lmz.ReadInfo(new MemoryStream(data))[0].Blocks;
        var (first, size) = ((int)(blocks[4].Offset + (from * blocks[4].CompressedLength)), (int)(length * blocks[4].CompressedLength));
        byte[] cut = [.. data[..first], .. data[(first + size)..]];
        using var target = new MemoryStream();
        var recovery = Lmz.Recover(new MemoryStream(cut), target, new LmzDecompressionOptions { Models = [] });
        var lost = (int)Math.Ceiling(from + length);
        content.AsSpan(4 * BlockLength, lost * BlockLength).Clear();
        Assert.Equal(content, target.ToArray());
        Assert.Equal(Enumerable.Range(4, lost).Select(i => (long?)i * BlockLength), recovery.Damages.Select(damage => (long?)damage.ContentOffset));
        Assert.All(recovery.Damages, damage => Assert.Equal(BlockLength, damage.ContentLength));
        Assert.Equal(first + (from > 0 ? -(int)(from * blocks[4].CompressedLength) : 0), recovery.Damages[0].Offset);
    }

    /// <summary>So it is where the start of the file is gone.</summary>
    [Fact]
    public void AMissingStartIsFilledToo()
    {
        const int BlockLength = 4096;
        var content = SampleBytes.Random(5 * BlockLength);
        var data = Lmz.Compress(content, new LmzCompressionOptions { Level = 1, BlockLength = BlockLength });
        var blocks = Lmz.ReadInfo(new MemoryStream(data))[0].Blocks;
        using var target = new MemoryStream();
        Lmz.Recover(new MemoryStream(data[((int)blocks[1].Offset + 7)..]), target, new LmzDecompressionOptions { Models = [] });
        content.AsSpan(0, 2 * BlockLength).Clear();
        Assert.Equal(content, target.ToArray());
    }
}

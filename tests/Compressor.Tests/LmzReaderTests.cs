using Compressor.Tests.Prediction;

namespace Compressor.Tests;

public sealed class LmzReaderTests
{
    private const int BlockLength = 4096;

    private static readonly LanguageModel Model = AdaptiveModel.Create(out _);
    private static readonly LmzDecompressionOptions WithModel = new() { Models = [Model] };
    private static readonly byte[] Content = SampleBytes.Text((5 * BlockLength) + 100);
    private static readonly byte[] Data = Compress(Content);

    [Fact]
    public void AnyRangeIsThatOfTheContent()
    {
        using var reader = new LmzReader(new MemoryStream(Data), WithModel);
        Assert.Equal((Content.Length, 6), (reader.Length, reader.BlockCount));
        var random = new Random(1);
        for (var i = 0; i < 200; i++)
        {
            var (offset, length) = (random.Next(Content.Length + 10), random.Next(3) == 0 ? random.Next(20_000) : random.Next(10));
            var part = new byte[length];
            var count = reader.Read(offset, part);
            Assert.Equal(Content.Skip(offset).Take(length), part[..count]);
            using var copy = new MemoryStream();
            if (i % 10 == 0)
                reader.CopyTo(copy, offset, length);
            Assert.Equal(i % 10 == 0 ? part[..count] : [], copy.ToArray());
        }
    }

    /// <summary>Another thread may read while content is copied, even if the copy waits for it in a report of progress or in the destination.</summary>
    [Fact]
    public void TheReaderCanBeUsedWhileItCopies()
    {
        using var reader = new LmzReader(new MemoryStream(Data), new LmzDecompressionOptions { Models = [Model], Threads = 1 }); // blocks are read as it goes on
        var reports = 0;
        using var copy = new MemoryStream();
        reader.CopyTo(copy, 0, Content.Length, new Reporter(() =>
        {
            var part = new byte[10];
            var read = Task.Run(() => reader.Read(BlockLength, part));
            Assert.True(read.Wait(TimeSpan.FromMinutes(1)), "the copy keeps the reader locked");
            Assert.Equal(Content[BlockLength..(BlockLength + 10)], part);
            reports++;
        }));
        Assert.Equal(Content, copy.ToArray());
        Assert.NotEqual(0, reports);
        Assert.Throws<ObjectDisposedException>(() => reader.CopyTo(copy, 0, Content.Length, new Reporter(reader.Dispose)));
    }

    [Fact]
    public void OnlyTheBlocksTouchedAreRead()
    {
        using var source = new CountingStream(Data);
        using var reader = new LmzReader(source, WithModel);
        Assert.InRange(source.BytesRead, 1, 500); // the end and the header, not the blocks
        var damaged = (byte[])Data.Clone();
        var block = Lmz.ReadInfo(new MemoryStream(Data))[0].Blocks[2];
        damaged[block.Offset + (block.CompressedLength / 2)] ^= 1;
        using var damagedReader = new LmzReader(new MemoryStream(damaged), WithModel);
        var part = new byte[BlockLength];
        Assert.Equal(BlockLength, damagedReader.Read(BlockLength, part));
        Assert.Equal(Content[BlockLength..(2 * BlockLength)], part);
        var error = Assert.Throws<InvalidDataException>(() => damagedReader.Read((2 * BlockLength) - 1, new byte[2]) == 2 ? damagedReader.Read(2 * BlockLength, part) : 0);
        Assert.Contains($"byte {block.Offset}:", error.Message, StringComparison.Ordinal);
        Assert.Equal(BlockLength, damagedReader.Read(3 * BlockLength, part));
    }

    [Fact]
    public void FramesOfEveryKindConcatenate()
    {
        var single = Compress(Content[..500]);
        foreach (var frames in (byte[][][])[[Data, Data], [Data, single], [single, Data], [single, single], [Compress([]), Data, Compress([]), single, Data, Compress([])]])
        {
            byte[] data = [.. frames.SelectMany(frame => frame)];
            var content = Lmz.Decompress(data, WithModel);
            using var reader = new LmzReader(new MemoryStream(data), WithModel);
            Assert.Equal(content.Length, reader.Length);
            using var copy = new MemoryStream();
            reader.OpenStream().CopyTo(copy);
            Assert.Equal(content, copy.ToArray());
            reader.CopyTo(copy, 0, long.MaxValue);
            Assert.Equal([.. content, .. content], copy.ToArray());
        }
    }

    [Fact]
    public void EmptyContentCanBeRead()
    {
        using var reader = new LmzReader(new MemoryStream(Compress([])));
        Assert.Equal((0, 0, 0), (reader.Length, reader.BlockCount, reader.Read(0, new byte[5])));
    }

    /// <summary>A table that a block happens to hold is not that of the frame: all readers agree on what the content is.</summary>
    [Fact]
    public void ATableInsideContentIsContent()
    {
        var inner = Compress(SampleBytes.Random(3 * BlockLength));
        var outer = Lmz.Compress(inner, new LmzCompressionOptions { Model = Model });
        Assert.Equal(LmzBlockType.Stored, Lmz.ReadInfo(new MemoryStream(outer))[0].Blocks[0].Type);
        using var reader = new LmzReader(new MemoryStream(outer), WithModel);
        Assert.Equal(inner.Length, reader.Length);
    }

    [Fact]
    public void ATableThatDoesNotFitIsRefused()
    {
        var end = Lmz.ReadInfo(new MemoryStream(Data))[0].Blocks[^1];
        for (var i = (int)(end.Offset + end.CompressedLength); i < Data.Length; i++)
        {
            var data = (byte[])Data.Clone();
            data[i] ^= 4;
            Assert.Throws<InvalidDataException>(() => new LmzReader(new MemoryStream(data)));
        }

        var header = (byte[])Data.Clone();
        header[6] ^= 1; // the length of the content
        Assert.Throws<InvalidDataException>(() => new LmzReader(new MemoryStream(header)));
        Assert.Throws<InvalidDataException>(() => new LmzReader(new MemoryStream(Data[..^1])));
        Assert.Throws<InvalidDataException>(() => new LmzReader(new MemoryStream()));
    }

    [Fact]
    public void TheStreamSeeks()
    {
        using var reader = new LmzReader(new MemoryStream(Data), WithModel);
        using var stream = reader.OpenStream();
        Assert.Equal(Content.Length - 3, stream.Seek(-3, SeekOrigin.End));
        Assert.Equal(Content[^3..], new BinaryReader(stream).ReadBytes(10));
        stream.Position = 10;
        Assert.Equal(Content[10], stream.ReadByte());
        Assert.Equal(5, stream.Seek(-6, SeekOrigin.Current));
        Assert.Throws<IOException>(() => stream.Seek(-1, SeekOrigin.Begin));
        Assert.Throws<NotSupportedException>(() => stream.WriteByte(1));
    }

    [Fact]
    public void ManyThreadsMayReadAtOnce()
    {
        using var reader = new LmzReader(new MemoryStream(Data), WithModel);
        Parallel.For(0, 64, i =>
        {
            var part = new byte[777];
            Assert.Equal(777, reader.Read(i * 200, part));
            Assert.Equal(Content[(i * 200)..((i * 200) + 777)], part);
        });
    }

    [Fact]
    public void UseIsChecked()
    {
        var source = new MemoryStream(Data);
        using var reader = new LmzReader(source, WithModel, leaveOpen: true);
        Assert.Throws<ArgumentOutOfRangeException>(() => reader.Read(-1, []));
        Assert.Throws<InvalidDataException>(() => new LmzReader(new MemoryStream(Data), new LmzDecompressionOptions { MaxContentLength = Content.Length - 1 }));
        source.Position = 0;
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => reader.CopyTo(Stream.Null, 0, 10, null, stop.Token));
        reader.Dispose();
        Assert.True(source.CanRead);
        Assert.Throws<ObjectDisposedException>(() => reader.Read(0, new byte[1]));
        source.Position = 0;
        new LmzReader(source, WithModel).Dispose();
        Assert.False(source.CanRead);
    }

    private static byte[] Compress(byte[] content) => Lmz.Compress(content, new LmzCompressionOptions { Model = Model, BlockLength = BlockLength });

    private sealed class CountingStream(byte[] data) : MemoryStream(data)
    {
        public long BytesRead { get; private set; }

        public override int Read(Span<byte> buffer)
        {
            var count = base.Read(buffer[..Math.Min(buffer.Length, 64)]);
            BytesRead += count;
            return count;
        }
    }

    private sealed class Reporter(Action report) : IProgress<long>
    {
        public void Report(long value) => report();
    }
}

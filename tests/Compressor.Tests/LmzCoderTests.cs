using System.Buffers;
using Compressor.Tests.Prediction;

namespace Compressor.Tests;

/// <summary><see cref="LmzEncoder"/>, <see cref="LmzDecoder"/> and the calls on memory of the caller.</summary>
public sealed class LmzCoderTests
{
    private static readonly LanguageModel Model = AdaptiveModel.Create(out _);
    private static readonly LmzCompressionOptions Options = new() { Model = Model, BlockLength = 4096 };
    private static readonly LmzDecompressionOptions WithModel = new() { Models = [Model] };
    private static readonly byte[] Content = SampleBytes.Text(10_000);
    private static readonly byte[] Data = Lmz.Compress(Content, Options);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 100_000)]
    [InlineData(100_000, 1)]
    [InlineData(37, 53)]
    [InlineData(100_000, 100_000)]
    public void AnySplitOfSourceAndDestinationGivesTheSame(int sourceLength, int destinationLength)
    {
        using var encoder = new LmzEncoder(Options);
        encoder.SetSourceLength(Content.Length);
        Assert.Equal(Data, Encode(encoder, sourceLength, destinationLength));
        using var decoder = new LmzDecoder(WithModel);
        Assert.Equal(Content, Decode(decoder, Data, sourceLength, destinationLength, OperationStatus.Done));
        encoder.Reset();
        decoder.Reset();
        var again = Encode(encoder, sourceLength, destinationLength);
        Assert.Equal(Content, Decode(decoder, again, sourceLength, destinationLength, OperationStatus.Done));
    }

    [Fact]
    public void DataThatComesByteByByteThrowsNothing()
    {
        using var decoder = new LmzDecoder(WithModel);
        using var counter = new ExceptionCounter();
        var (buffer, count) = (new byte[Content.Length], 0);
        foreach (var value in Data)
        {
            Assert.NotEqual(OperationStatus.InvalidData, decoder.Decompress([value], buffer.AsSpan(count), out _, out var written));
            count += written;
        }

        Assert.Equal(Content, buffer);
        Assert.Equal(0, counter.Thrown);
    }

    [Fact]
    public void TheDecoderSaysWhatItNeeds()
    {
        using var decoder = new LmzDecoder(WithModel);
        Decode(decoder, Data[..^1], 100, 100, OperationStatus.NeedMoreData);
        Assert.Equal(OperationStatus.Done, decoder.Decompress(Data.AsSpan(Data.Length - 1), [], out var consumed, out _));
        Assert.Equal(1, consumed);
        Decode(decoder, Data, 1000, 1000, OperationStatus.Done); // another frame
        Assert.Null(decoder.Error);
        Assert.Equal(OperationStatus.InvalidData, decoder.Decompress([1], [], out _, out _));
        Assert.Contains($"byte {2 * Data.Length}:", decoder.Error?.Message, StringComparison.Ordinal);
        Assert.Equal(OperationStatus.InvalidData, decoder.Decompress(Data, new byte[10], out _, out _));
    }

    [Fact]
    public void DamageIsFoundBeforeTheBlockIsHandedOut()
    {
        var damaged = (byte[])Data.Clone();
        var block = Lmz.ReadInfo(new MemoryStream(Data))[0].Blocks[1];
        damaged[block.Offset + (block.CompressedLength / 2)] ^= 1;
        using var decoder = new LmzDecoder(WithModel);
        Assert.Equal(Content[..4096], Decode(decoder, damaged, 7, 7, OperationStatus.InvalidData));
        Assert.Contains($"byte {block.Offset}", decoder.Error?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TheEncoderFlushesBlocks()
    {
        using var encoder = new LmzEncoder(Options);
        using var decoder = new LmzDecoder(WithModel);
        var (data, content) = (new byte[9000], new byte[9000]);
        for (var i = 0; i < 3; i++)
        {
            encoder.Compress(Content.AsSpan(100 * i, 100), data, out _, out var written, isFinalBlock: false);
            Assert.Equal(0, written);
            Assert.Equal(OperationStatus.Done, encoder.Flush(data, out written));
            Assert.Equal(OperationStatus.NeedMoreData, decoder.Decompress(data.AsSpan(0, written), content, out _, out var count));
            Assert.Equal(Content[(100 * i)..(100 * (i + 1))], content[..count]);
        }
    }

    [Fact]
    public void TheEncoderRefusesWhatDoesNotFit()
    {
        using var encoder = new LmzEncoder(Options);
        encoder.Compress([], new byte[1000], out _, out _, isFinalBlock: true);
        Assert.Throws<InvalidOperationException>(() => encoder.Compress([1], new byte[1000], out _, out _, true));
        encoder.Reset();
        encoder.SetSourceLength(5);
        Assert.Throws<InvalidOperationException>(() => encoder.Compress([1], new byte[1000], out _, out _, true));
        Assert.Throws<InvalidOperationException>(() => encoder.Flush(new byte[1000], out _));
        encoder.Reset();
        encoder.SetSourceLength(5);
        Assert.Throws<InvalidOperationException>(() => encoder.Compress(new byte[6], new byte[1000], out _, out _, true));
        encoder.Dispose();
        Assert.Throws<ObjectDisposedException>(encoder.Reset);
    }

    [Fact]
    public void MemoryOfTheCallerIsFilled()
    {
        foreach (var content in (byte[][])[[], [7], Content, SampleBytes.Random(9000)])
        {
            var data = new byte[Lmz.GetMaxCompressedLength(content.Length, Options)];
            Assert.True(Lmz.TryCompress(content, data, out var length, Options));
            Assert.True(Lmz.TryGetDecompressedLength(data.AsSpan(0, length), out var contentLength));
            Assert.Equal(content.Length, contentLength);
            var restored = new byte[contentLength];
            Assert.True(Lmz.TryDecompress(data.AsSpan(0, length), restored, out var written, WithModel));
            Assert.Equal(content.Length, written);
            Assert.Equal(content, restored);

            Assert.True(Lmz.TryCompress(content, new byte[length], out _, Options));
            Assert.False(Lmz.TryCompress(content, new byte[length - 1], out written, Options));
            Assert.Equal(0, written);
            if (content.Length > 0)
                Assert.False(Lmz.TryDecompress(data.AsSpan(0, length), new byte[content.Length - 1], out _, WithModel));
        }

        Assert.Throws<InvalidDataException>(() => Lmz.TryDecompress(Data.AsSpan(0, 50), new byte[50], out _, WithModel));
        Assert.False(Lmz.TryGetDecompressedLength(Data.AsSpan(0, 50), out _));
        Assert.False(Lmz.TryGetDecompressedLength([], out _));
    }

    [Fact]
    public void BuffersInPiecesAreReadAndWritten()
    {
        var pieces = Pieces(Content, 1000);
        var data = new ArrayBufferWriter<byte>();
        Lmz.Compress(pieces, data, Options);
        Assert.Equal(Data, data.WrittenSpan.ToArray());
        var content = new ArrayBufferWriter<byte>();
        Lmz.Decompress(Pieces(Data, 100), content, WithModel);
        Assert.Equal(Content, content.WrittenSpan.ToArray());
    }

    [Fact]
    public async Task StreamsAreConvertedAsynchronously()
    {
        var data = new AsyncOnly();
        var reports = new Reports();
        await Lmz.CompressAsync(new AsyncOnly(Content), data, Options, reports);
        Assert.Equal(Data, data.ToArray());
        Assert.Equal(Content.Length, reports.Last);
        var content = new AsyncOnly();
        await Lmz.DecompressAsync(new AsyncOnly(Data), content, WithModel, reports);
        Assert.Equal(Content, content.ToArray());
        Assert.Equal(Content.Length, reports.Last);
        await Assert.ThrowsAsync<InvalidDataException>(() => Lmz.DecompressAsync(new AsyncOnly(Data[..^1]), content, WithModel));
        var cancelled = new CancellationToken(canceled: true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Lmz.CompressAsync(new AsyncOnly(Content), data, Options, null, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Lmz.DecompressAsync(new AsyncOnly(Data), data, WithModel, null, cancelled));
    }

    [Fact]
    public void TheContentAcceptedIsBounded()
    {
        var options = new LmzDecompressionOptions { Models = [Model], MaxContentLength = Content.Length - 1 };
        Assert.Contains("accepted", Assert.Throws<InvalidDataException>(() => Lmz.Decompress(Data, options)).Message, StringComparison.Ordinal);
        using var decoder = new LmzDecoder(options);
        Assert.Equal(Content[..8192], Decode(decoder, Data, 5000, 5000, OperationStatus.InvalidData));
        Assert.Throws<InvalidDataException>(() => Lmz.Decompress((byte[])[.. Data, .. Data], new LmzDecompressionOptions { Models = [Model], MaxContentLength = (2 * Content.Length) - 1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LmzDecompressionOptions { MaxContentLength = -1 });
    }

    [Fact]
    public void OneModelServesManyThreads()
    {
        var contents = Enumerable.Range(0, 16).Select(i => SampleBytes.Text(3000 + (500 * i), seed: i)).ToArray();
        var alone = contents.Select(content => Lmz.Compress(content, Options)).ToArray();
        Parallel.For(0, 64, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            var content = contents[i % contents.Length];
            var data = Lmz.Compress(content, Options);
            Assert.Equal(alone[i % contents.Length], data);
            Assert.Equal(content, Lmz.Decompress(data, WithModel));
        });
    }

    private static byte[] Encode(LmzEncoder encoder, int sourceLength, int destinationLength)
    {
        var data = new MemoryStream();
        var destination = new byte[destinationLength];
        for (var start = 0; ;)
        {
            var part = Content.AsSpan(start, Math.Min(sourceLength, Content.Length - start));
            var isFinal = start + part.Length == Content.Length;
            var status = encoder.Compress(part, destination, out var consumed, out var written, isFinal);
            data.Write(destination, 0, written);
            start += consumed;
            if (status == OperationStatus.Done && isFinal)
                return data.ToArray();
            Assert.True(status == OperationStatus.Done ? consumed == part.Length : written == destinationLength);
        }
    }

    private static byte[] Decode(LmzDecoder decoder, byte[] data, int sourceLength, int destinationLength, OperationStatus last)
    {
        var content = new MemoryStream();
        var destination = new byte[destinationLength];
        for (var start = 0; ;)
        {
            var part = data.AsSpan(start, Math.Min(sourceLength, data.Length - start));
            var status = decoder.Decompress(part, destination, out var consumed, out var written);
            content.Write(destination, 0, written);
            start += consumed;
            if (status == OperationStatus.InvalidData || (status != OperationStatus.DestinationTooSmall && start == data.Length))
            {
                Assert.Equal(last, status);
                return content.ToArray();
            }
        }
    }

    private static ReadOnlySequence<byte> Pieces(byte[] bytes, int length)
    {
        var first = new Piece(bytes.AsMemory(0, Math.Min(length, bytes.Length)), 0);
        var last = first;
        for (var start = length; start < bytes.Length; start += length)
            last = last.Append(bytes.AsMemory(start, Math.Min(length, bytes.Length - start)));
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, long index) => (Memory, RunningIndex) = (memory, index);

        public Piece Append(ReadOnlyMemory<byte> memory)
        {
            var piece = new Piece(memory, RunningIndex + Memory.Length);
            Next = piece;
            return piece;
        }
    }

    private sealed class Reports : IProgress<long>
    {
        public long Last { get; private set; }

        public void Report(long value) => Last = value;
    }

    /// <summary>As some web servers have them.</summary>
    private sealed class AsyncOnly(byte[]? data = null) : Stream
    {
        private readonly MemoryStream _bytes = data is null ? new MemoryStream() : new MemoryStream(data);

        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => true;

        public override long Length => _bytes.Length;

        public override long Position
        {
            get => _bytes.Position;
            set => _bytes.Position = value;
        }

        public byte[] ToArray() => _bytes.ToArray();

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            new(_bytes.Read(buffer.Span[..Math.Min(buffer.Length, 999)]));

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _bytes.Write(buffer.Span);
            return default;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}

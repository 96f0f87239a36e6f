using System.IO.Compression;
using Compressor.Tests.Prediction;

namespace Compressor.Tests.Streams;

[Trait("Category", "NothingIsLost")]
public sealed class LmzStreamTests : CompressionStreamTests
{
    private static readonly LanguageModel Model = AdaptiveModel.Create(out _);
    private static readonly LmzCompressionOptions Options = new() { Model = Model, BlockLength = 4096 };
    private static readonly LmzDecompressionOptions WithModel = new() { Models = [Model] };

    protected override Stream Compressing(Stream stream, bool leaveOpen) => new LmzStream(stream, Options, leaveOpen);

    protected override Stream Decompressing(Stream stream, bool leaveOpen) => new LmzStream(stream, WithModel, leaveOpen);

    [Fact]
    public void The_data_is_that_of_the_other_ways_to_compress()
    {
        foreach (var length in (int[])[0, 1, 4096, 10_000])
        {
            var content = SampleBytes.Text(length);
            using var data = new MemoryStream();
            Lmz.Compress(new OneWay(content), data, Options); // whose length is not known, as here
            Assert.Equal(data.ToArray(), Compress(content));
        }
    }

    [Fact]
    public async Task Truncated_data_is_refused_wherever_it_ends()
    {
        var data = Compress(SampleBytes.Text(5000));
        for (var length = 0; length < data.Length; length++)
        {
            using var reader = Decompressing(new MemoryStream(data[..length]), leaveOpen: false);
            if (length % 2 == 0)
                Assert.Throws<InvalidDataException>(() => reader.CopyTo(Stream.Null));
            else
                await Assert.ThrowsAsync<InvalidDataException>(() => reader.CopyToAsync(Stream.Null));
        }
    }

    [Fact]
    public void Frames_are_read_one_after_the_other()
    {
        byte[] data = [.. Compress("one "u8.ToArray()), .. Compress([]), .. Compress("two"u8.ToArray())];
        Assert.Equal("one two", new StreamReader(Decompressing(new MemoryStream(data), leaveOpen: false)).ReadToEnd());
        var reader = Decompressing(new MemoryStream([.. data, 1]), leaveOpen: false);
        Assert.Throws<InvalidDataException>(() => reader.CopyTo(Stream.Null));
    }

    [Fact]
    public void A_frame_is_not_ended_after_an_error()
    {
        var target = new FullAfter(5000);
        var writer = Compressing(target, leaveOpen: true);
        Assert.Throws<IOException>(() => writer.Write(SampleBytes.Random(20_000)));
        Assert.Throws<InvalidOperationException>(() => writer.Write([1]));
        target.IsFull = false;
        writer.Dispose();
        Assert.False(Lmz.TryGetDecompressedLength(target.ToArray(), out _));
    }

    [Fact]
    public async Task A_write_that_is_cancelled_leaves_the_frame_open()
    {
        using var stop = new CancellationTokenSource();
        var target = new MemoryStream();
        var writer = Compressing(new CancelsOnWrite(target, stop), leaveOpen: true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await writer.WriteAsync(SampleBytes.Text(20_000), stop.Token));
        await writer.DisposeAsync();
        Assert.False(Lmz.TryGetDecompressedLength(target.ToArray(), out _));
    }

    [Fact]
    public void Coders_of_the_caller_are_reset_and_can_be_used_again()
    {
        using var encoder = new LmzEncoder(Options);
        using var decoder = new LmzDecoder(WithModel);
        for (var i = 0; i < 3; i++)
        {
            var data = new MemoryStream();
            using (var writer = new LmzStream(data, encoder, leaveOpen: true))
                writer.Write(SampleBytes.Text(5000, seed: i));
            data.Position = 0;
            var content = new MemoryStream();
            using (var reader = new LmzStream(data, decoder))
                reader.CopyTo(content);
            Assert.Equal(SampleBytes.Text(5000, seed: i), content.ToArray());
        }
    }

    /// <summary>Where BrotliStream's DisposeAsync throws.</summary>
    [Fact]
    public Task Asynchronous_disposal_during_a_write_throws_nothing() => DisposeDuringCall(reads: false, useAsync: true);

    /// <summary>The work of a call can take long: its end must not be waited for, and what it made must not get into a stream that is the caller's again.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Disposal_stops_the_work_of_a_call(bool useAsync)
    {
        var target = new MemoryStream();
        using var encoder = new LmzEncoder(new LmzCompressionOptions { Model = Model });
        var writer = new LmzStream(target, encoder, leaveOpen: true);
        await writer.WriteAsync(SampleBytes.Text(1_000_000));
        var flush = useAsync ? writer.FlushAsync() : Task.Run(writer.Flush);
        while (!flush.IsCompleted && !IsRefused(writer))
            await Task.Yield();
        await writer.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => flush);
        Assert.Equal(0, target.Length);

        // And the encoder, which is the caller's, was reset when the call had ended.
        using (var again = new LmzStream(target, encoder, leaveOpen: true))
            again.Write("again"u8);
        Assert.Equal("again"u8, Lmz.Decompress(target.ToArray(), WithModel));
    }

    [Fact]
    public void Modes_are_checked() =>
        Assert.Throws<ArgumentException>(() => new LmzStream(Stream.Null, (CompressionMode)7));

    /// <summary>Whether another call is under way.</summary>
    private static bool IsRefused(LmzStream stream)
    {
        try
        {
            stream.Write([]);
            return false;
        }
        catch (InvalidOperationException)
        {
            return true;
        }
    }

    private sealed class OneWay(byte[] data) : MemoryStream(data)
    {
        public override bool CanSeek => false;
    }

    private sealed class FullAfter(int room) : MemoryStream
    {
        public bool IsFull { get; set; } = true;

        public override void Write(byte[] buffer, int offset, int count)
        {
            if (IsFull && Length + count > room)
                throw new IOException("full");
            base.Write(buffer, offset, count);
        }
    }

    private sealed class CancelsOnWrite(Stream target, CancellationTokenSource stop) : MemoryStream
    {
        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await target.WriteAsync(buffer, CancellationToken.None);
            await stop.CancelAsync();
        }
    }
}

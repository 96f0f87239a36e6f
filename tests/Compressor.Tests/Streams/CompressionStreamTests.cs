using System.IO.Compression;
#pragma warning disable CA1835, CA2022 // every form of the calls is what is tested here

namespace Compressor.Tests.Streams;

/// <summary>
/// What every compressing stream of .NET does. <see cref="BrotliStreamTests"/> runs the same tests on the framework's own stream, which shows
/// that they ask for nothing else.
/// </summary>
public abstract class CompressionStreamTests
{
    private static readonly byte[] Content = SampleBytes.Text(20_000);

    public static TheoryData<int, bool> Splits { get; } = new()
    {
        { 1, false }, { 1, true }, { 7, false }, { 4096, true }, { 4097, false }, { 65_536, true }, { 0, false }, { 0, true }, // 0: a length drawn for each call
    };

    protected abstract Stream Compressing(Stream stream, bool leaveOpen = false);

    protected abstract Stream Decompressing(Stream stream, bool leaveOpen = false);

    [Theory]
    [MemberData(nameof(Splits))]
    public async Task Any_split_of_reads_and_writes_gives_the_content(int length, bool useAsync)
    {
        var random = new Random(length);
        var data = new MemoryStream();
        var writer = Compressing(data, leaveOpen: true);
        for (var rest = Content.AsMemory(); !rest.IsEmpty;)
        {
            var part = rest[..Math.Min(rest.Length, length > 0 ? length : random.Next(3000))];
            if (useAsync)
                await writer.WriteAsync(part);
            else if (part.Length == 1)
                writer.WriteByte(part.Span[0]);
            else
                writer.Write(part.Span);
            rest = rest[part.Length..];
        }

        await writer.DisposeAsync();
        Assert.Equal(Content, await ReadAll(Decompressing(new Dribble(data.ToArray(), length)), length, useAsync, random));
    }

    [Fact]
    public async Task Every_form_of_reading_and_writing_gives_the_content()
    {
        var data = new MemoryStream();
        using (var writer = Compressing(data, leaveOpen: true))
        {
            writer.Write(Content, 0, 100);
            writer.Write(Content.AsSpan(100, 100));
            await writer.WriteAsync(Content, 200, 100);
            await writer.WriteAsync(Content.AsMemory(300, 100));
            await Task.Factory.FromAsync(writer.BeginWrite(Content, 400, 100, null, null), writer.EndWrite);
            writer.WriteByte(Content[500]);
            writer.Write(Content, 501, 0);
            await new MemoryStream(Content[501..]).CopyToAsync(writer);
        }

        data.Position = 0;
        using var reader = Decompressing(data);
        var read = new byte[Content.Length + 10];
        var count = reader.Read(read, 0, 50);
        count += reader.Read(read.AsSpan(count, 50));
        count += await reader.ReadAsync(read, count, 50);
        count += await reader.ReadAsync(read.AsMemory(count, 50));
        count += await Task.Factory.FromAsync(reader.BeginRead(read, count, 50, null, null), reader.EndRead);
        read[count++] = (byte)reader.ReadByte();
        count += reader.ReadAtLeast(read.AsSpan(count), read.Length - count, throwOnEndOfStream: false);
        Assert.Equal(Content, read[..count]);
        Assert.Equal(-1, reader.ReadByte());
        Assert.Equal(0, reader.Read(read));
        Assert.Equal(0, await reader.ReadAsync(read));
    }

    [Fact]
    public void Empty_content_can_be_written_and_read()
    {
        var data = new MemoryStream();
        var writer = Compressing(data, leaveOpen: true);
        writer.Write([]);
        writer.Dispose();
        data.Position = 0;
        Assert.Equal(-1, Decompressing(data).ReadByte());
    }

    [Fact]
    public void What_is_flushed_can_be_read_before_the_end()
    {
        var data = new MemoryStream();
        using var writer = Compressing(data, leaveOpen: true);
        writer.Write(Content.AsSpan(0, 1000));
        writer.Flush();
        using var reader = Decompressing(new MemoryStream(data.ToArray()));
        var read = new byte[1000];
        reader.ReadExactly(read);
        Assert.Equal(Content[..1000], read);
    }

    [Fact]
    public void Reading_with_an_empty_buffer_returns_nothing_and_loses_nothing()
    {
        using var reader = Decompressing(new MemoryStream(Compress(Content)));
        Assert.Equal(0, reader.Read([]));
        Assert.Equal(0, reader.Read([], 0, 0));
        var read = new byte[Content.Length];
        reader.ReadExactly(read);
        Assert.Equal(Content, read);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_other_stream_is_closed_unless_it_is_to_stay_open(bool leaveOpen)
    {
        foreach (var useAsync in (bool[])[true, false])
        {
            var (target, source) = (new MemoryStream(), new MemoryStream(Compress(Content)));
            foreach (var stream in (Stream[])[Compressing(target, leaveOpen), Decompressing(source, leaveOpen)])
            {
                if (useAsync)
                    await stream.DisposeAsync();
                else
                    stream.Dispose();
            }

            Assert.Equal((leaveOpen, leaveOpen), (target.CanWrite, source.CanRead));
        }
    }

    [Fact]
    public async Task A_disposed_stream_says_so_and_can_be_disposed_again()
    {
        var data = new MemoryStream();
        var writer = Compressing(data, leaveOpen: true);
        writer.Dispose();
        var length = data.Length;
        writer.Dispose();
        await writer.DisposeAsync();
        Assert.Equal(length, data.Length);
        Assert.False(writer.CanWrite);
        Assert.Throws<ObjectDisposedException>(() => writer.Write([1]));
        Assert.Throws<ObjectDisposedException>(() => writer.WriteByte(1));
        Assert.Throws<ObjectDisposedException>(writer.Flush);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await writer.WriteAsync(new byte[1]));

        var reader = Decompressing(new MemoryStream(Compress(Content)));
        reader.Dispose();
        Assert.False(reader.CanRead);
        Assert.Throws<ObjectDisposedException>(() => reader.Read(new byte[1]));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await reader.ReadAsync(new byte[1]));
    }

    [Fact]
    public async Task Directions_are_kept_apart()
    {
        using var writer = Compressing(new MemoryStream());
        using var reader = Decompressing(new MemoryStream(Compress(Content)));
        Assert.Equal((true, false, false), (writer.CanWrite, writer.CanRead, writer.CanSeek));
        Assert.Equal((false, true, false), (reader.CanWrite, reader.CanRead, reader.CanSeek));
        Assert.Throws<InvalidOperationException>(() => writer.Read(new byte[1]));
        Assert.Throws<InvalidOperationException>(() => writer.ReadByte());
        Assert.Throws<InvalidOperationException>(() => reader.Write(new byte[1]));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await writer.ReadAsync(new byte[1]));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await reader.WriteAsync(new byte[1]));
        foreach (var stream in (Stream[])[writer, reader])
        {
            Assert.Throws<NotSupportedException>(() => stream.Length);
            Assert.Throws<NotSupportedException>(() => stream.Position);
            Assert.Throws<NotSupportedException>(() => stream.Position = 0);
            Assert.Throws<NotSupportedException>(() => stream.Seek(0, SeekOrigin.Begin));
            Assert.Throws<NotSupportedException>(() => stream.SetLength(0));
        }
    }

    [Fact]
    public void Arguments_are_checked()
    {
        Assert.Throws<ArgumentNullException>(() => Compressing(null!));
        Assert.Throws<ArgumentNullException>(() => Decompressing(null!));
        Assert.Throws<ArgumentException>(() => Compressing(new MemoryStream([], writable: false)));
        using var closed = new MemoryStream();
        closed.Dispose();
        Assert.Throws<ArgumentException>(() => Decompressing(closed));
        using var reader = Decompressing(new MemoryStream(Compress(Content)));
        Assert.Throws<ArgumentNullException>(() => reader.Read(null!, 0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => reader.Read(new byte[2], -1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => reader.Read(new byte[2], 1, 2));
    }

    [Fact]
    public async Task A_second_call_during_another_is_refused()
    {
        var source = new Gate(Compress(Content));
        using var reader = Decompressing(source);
        var first = reader.ReadAsync(new byte[10]);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await reader.ReadAsync(new byte[10]));
        source.Open();
        Assert.InRange(await first, 1, 10);
    }

    /// <summary>As a timeout or a request that is aborted disposes of a stream while it waits for the network.</summary>
    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, false)]
    public Task Disposal_during_a_call_throws_nothing_and_closes_the_other_stream(bool reads, bool useAsync) => DisposeDuringCall(reads, useAsync);

    [Fact]
    public async Task Cancelled_calls_do_nothing()
    {
        var cancelled = new CancellationToken(canceled: true);
        using var writer = Compressing(new MemoryStream());
        using var reader = Decompressing(new MemoryStream(Compress(Content)));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await writer.WriteAsync(new byte[1], cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writer.FlushAsync(cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await reader.ReadAsync(new byte[1], cancelled));
        Assert.Equal(Content[0], reader.ReadByte());
    }

    [Fact]
    public void Data_that_is_no_data_is_refused()
    {
        using var reader = Decompressing(new MemoryStream(SampleBytes.Random(1000)));
        var error = Assert.ThrowsAny<Exception>(() => reader.CopyTo(Stream.Null));
        Assert.True(error is InvalidDataException or InvalidOperationException); // the latter is the framework's choice
    }

    [Fact]
    public void Errors_of_the_other_stream_come_through()
    {
        using var reader = Decompressing(new FailingStream());
        Assert.Throws<TimeZoneNotFoundException>(() => reader.ReadByte());
        var writer = Compressing(new FailingStream());
        Assert.Throws<TimeZoneNotFoundException>(() =>
        {
            writer.Write(SampleBytes.Random(200_000));
            writer.Flush();
        });
    }

    protected async Task DisposeDuringCall(bool reads, bool useAsync)
    {
        var gate = new Gate(reads ? Compress(Content) : new byte[1 << 20]);
        var stream = reads ? Decompressing(gate) : Compressing(gate);
        var call = reads ? stream.ReadAsync(new byte[10]).AsTask() : WriteAndFlush();
        await gate.Reached;
        if (useAsync)
            await stream.DisposeAsync();
        else
            stream.Dispose();
        Assert.True(gate.IsDisposed);
        Assert.Equal((false, false), (stream.CanRead, stream.CanWrite));
        gate.Open();
        try
        {
            await call;
        }
        catch (Exception e) when (e is ObjectDisposedException or NullReferenceException) // the latter by BrotliStream
        {
        }

        async Task WriteAndFlush()
        {
            await stream.WriteAsync(SampleBytes.Random(200_000));
            await stream.FlushAsync();
        }
    }

    protected byte[] Compress(byte[] content)
    {
        var data = new MemoryStream();
        using (var writer = Compressing(data, leaveOpen: true))
            writer.Write(content);
        return data.ToArray();
    }

    private static async Task<byte[]> ReadAll(Stream reader, int length, bool useAsync, Random random)
    {
        using var _ = reader;
        var all = new MemoryStream();
        var buffer = new byte[Math.Max(length, 3000)];
        while (true)
        {
            var wanted = length > 0 ? length : random.Next(1, 3000);
            var count = useAsync ? await reader.ReadAsync(buffer.AsMemory(0, wanted)) : reader.Read(buffer.AsSpan(0, wanted));
            if (count == 0)
                return all.ToArray();
            all.Write(buffer, 0, count);
        }
    }

    /// <summary>Hands out a few bytes at a time.</summary>
    private sealed class Dribble(byte[] data, int length) : MemoryStream(data)
    {
        private readonly Random _random = new(length);

        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, Part())); // every other form calls it

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

        private int Part() => length > 0 ? length : _random.Next(1, 300);
    }

    /// <summary>Reads and writes wait until it is opened.</summary>
    private sealed class Gate(byte[] data) : MemoryStream(data)
    {
        private readonly TaskCompletionSource _opened = new();
        private readonly TaskCompletionSource _reached = new();

        /// <summary>Ends when the first read or write has begun.</summary>
        public Task Reached => _reached.Task;

        public bool IsDisposed { get; private set; }

        public void Open() => _opened.SetResult();

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Pass();
            return Read(buffer.Span);
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Pass();
            Write(buffer.Span);
        }

        protected override void Dispose(bool disposing)
        {
            IsDisposed = true;
            base.Dispose(disposing);
        }

        private Task Pass()
        {
            _reached.TrySetResult();
            return _opened.Task;
        }
    }

    private sealed class FailingStream : MemoryStream
    {
        public override int Read(byte[] buffer, int offset, int count) => throw new TimeZoneNotFoundException();

        public override int Read(Span<byte> buffer) => throw new TimeZoneNotFoundException();

        public override void Write(byte[] buffer, int offset, int count) => throw new TimeZoneNotFoundException();

        public override void Write(ReadOnlySpan<byte> buffer) => throw new TimeZoneNotFoundException();
    }
}

/// <summary>The control: the framework's stream.</summary>
public sealed class BrotliStreamTests : CompressionStreamTests
{
    protected override Stream Compressing(Stream stream, bool leaveOpen) => new BrotliStream(stream, CompressionMode.Compress, leaveOpen);

    protected override Stream Decompressing(Stream stream, bool leaveOpen) => new BrotliStream(stream, CompressionMode.Decompress, leaveOpen);
}

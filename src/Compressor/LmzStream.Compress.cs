namespace Compressor;

public sealed partial class LmzStream
{
    private LmzEncoder Encoder => _encoder ?? throw new InvalidOperationException("This stream decompresses; it cannot be written to.");

    /// <summary>Compresses bytes. Data is written to the other stream a block at a time.</summary>
    /// <param name="buffer">Content.</param>
    /// <exception cref="InvalidOperationException">This stream decompresses, or has failed, or another call is under way.</exception>
    /// <exception cref="IOException">The other stream fails.</exception>
    /// <exception cref="ObjectDisposedException">This stream is disposed.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        var (encoder, stream) = (Encoder, Open());
        using var call = Enter();
        using var attempt = Try();
        while (encoder.Fill(ref buffer))
            EncodeBlock(encoder, stream);
        attempt.Succeed();
    }

    /// <inheritdoc cref="Write(ReadOnlySpan{byte})"/>
    public override void Write(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        Write(buffer.AsSpan(offset, count));
    }

    /// <inheritdoc cref="Write(ReadOnlySpan{byte})"/>
    public override void WriteByte(byte value) => Write([value]);

    /// <summary>Compresses bytes. Data is written to the other stream a block at a time.</summary>
    /// <param name="buffer">Content.</param>
    /// <param name="cancellationToken">Stops the work, and the frame stays incomplete.</param>
    /// <exception cref="InvalidOperationException">This stream decompresses, or has failed, or another call is under way.</exception>
    /// <exception cref="IOException">The other stream fails.</exception>
    /// <exception cref="ObjectDisposedException">This stream is disposed.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var (encoder, stream) = (Encoder, Open());
        return cancellationToken.IsCancellationRequested
            ? ValueTask.FromCanceled(cancellationToken)
            : WriteCoreAsync(encoder, stream, Enter(), buffer, cancellationToken);
    }

    /// <inheritdoc cref="WriteAsync(ReadOnlyMemory{byte}, CancellationToken)"/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        ValidateBufferArguments(buffer, offset, count);
        return WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    /// <inheritdoc/>
    public override IAsyncResult BeginWrite(byte[] buffer, int offset, int count, AsyncCallback? callback, object? state) =>
        TaskToAsyncResult.Begin(WriteAsync(buffer, offset, count, CancellationToken.None), callback, state);

    /// <inheritdoc/>
    public override void EndWrite(IAsyncResult asyncResult) => TaskToAsyncResult.End(asyncResult);

    /// <summary>
    /// When this stream compresses, ends the current block and writes all data to the other stream, so that a reader gets all content so
    /// far. That costs up to 21 bytes, and what follows starts without knowing what went before: flush seldom.
    /// </summary>
    /// <exception cref="InvalidOperationException">The stream has failed, or another call is under way.</exception>
    /// <exception cref="IOException">The other stream fails.</exception>
    /// <exception cref="ObjectDisposedException">This stream is disposed.</exception>
    public override void Flush()
    {
        var stream = Open();
        using var call = Enter();
        if (_encoder is null)
            return;
        using var attempt = Try();
        EncodeBlock(_encoder, stream);
        stream.Flush();
        attempt.Succeed();
    }

    /// <inheritdoc cref="Flush"/>
    /// <param name="cancellationToken">Stops the work, and the frame stays incomplete.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public override Task FlushAsync(CancellationToken cancellationToken)
    {
        var stream = Open();
        if (cancellationToken.IsCancellationRequested)
            return Task.FromCanceled(cancellationToken);
        return _encoder is null ? Task.CompletedTask : FlushCoreAsync(_encoder, stream, Enter(), cancellationToken);
    }

    private async ValueTask WriteCoreAsync(LmzEncoder encoder, Stream stream, Call call, ReadOnlyMemory<byte> buffer, CancellationToken cancellation)
    {
        using (call)
        {
            using var attempt = Try();
            while (Fill(encoder, ref buffer))
                await EncodeBlockAsync(encoder, stream, cancellation).ConfigureAwait(false);
            attempt.Succeed();
        }

        static bool Fill(LmzEncoder encoder, ref ReadOnlyMemory<byte> buffer)
        {
            var rest = buffer.Span;
            var full = encoder.Fill(ref rest);
            buffer = buffer[(buffer.Length - rest.Length)..];
            return full;
        }
    }

    private async Task FlushCoreAsync(LmzEncoder encoder, Stream stream, Call call, CancellationToken cancellation)
    {
        using (call)
        {
            using var attempt = Try();
            await EncodeBlockAsync(encoder, stream, cancellation).ConfigureAwait(false);
            await stream.FlushAsync(cancellation).ConfigureAwait(false);
            attempt.Succeed();
        }
    }

    private void EncodeBlock(LmzEncoder encoder, Stream stream)
    {
        try
        {
            encoder.EncodeBlock(_disposal.Token);
            _disposal.Token.ThrowIfCancellationRequested(); // the other stream may stay open, but is no longer this one's
            WriteOutput(stream);
        }
        catch (OperationCanceledException e)
        {
            throw Stopped(e, CancellationToken.None);
        }
    }

    private async Task EncodeBlockAsync(LmzEncoder encoder, Stream stream, CancellationToken cancellation)
    {
        using var stop = StopOf(cancellation);
        try
        {
            await Task.Run(() => encoder.EncodeBlock(stop.Token), stop.Token).ConfigureAwait(false);
            stop.Token.ThrowIfCancellationRequested();
            await WriteOutputAsync(stream, stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e)
        {
            throw Stopped(e, cancellation);
        }
    }

    private void WriteOutput(Stream stream)
    {
        while (_encoder!.Take(_buffer) is > 0 and var count)
            stream.Write(_buffer, 0, count);
    }

    private async ValueTask WriteOutputAsync(Stream stream, CancellationToken cancellation)
    {
        while (_encoder!.Take(_buffer) is > 0 and var count)
            await stream.WriteAsync(_buffer.AsMemory(0, count), cancellation).ConfigureAwait(false);
    }

    /// <summary>What does not succeed leaves the stream failed: its frame must not be ended as if it were whole.</summary>
    /// <exception cref="InvalidOperationException">It has failed already.</exception>
    private Attempt Try()
    {
        if (_failed)
            throw new InvalidOperationException("This stream has failed before.");
        return new Attempt(this);
    }

    private sealed class Attempt(LmzStream stream) : IDisposable
    {
        private bool _succeeded;

        public void Succeed() => _succeeded = true;

        public void Dispose() => stream._failed |= !_succeeded;
    }
}

namespace Compressor;

public sealed partial class LmzStream
{
    private int _bufferStart; // of the data that was read and not yet taken by the decoder
    private int _bufferEnd;

    private LmzDecoder Decoder => _decoder ?? throw new InvalidOperationException("This stream compresses; it cannot be read from.");

    /// <summary>
    /// Decompresses bytes: at least one, unless the content has ended or the buffer is empty. Each block is verified before
    /// any of it is handed out. With an empty buffer, waits until there is something to read.
    /// </summary>
    /// <param name="buffer">Receives content.</param>
    /// <returns>How many bytes there are; 0 at the end of the content, or for an empty buffer.</returns>
    /// <exception cref="InvalidDataException">The data is damaged, cut short, or no .lmz data.</exception>
    /// <exception cref="ModelNotFoundException">The data was made with a model that is not at hand.</exception>
    /// <exception cref="InvalidOperationException">This stream compresses, or has failed, or another call is under way.</exception>
    /// <exception cref="IOException">The other stream fails.</exception>
    /// <exception cref="ObjectDisposedException">This stream is disposed.</exception>
    public override int Read(Span<byte> buffer)
    {
        var (decoder, stream) = (Decoder, Open());
        using var call = Enter();
        try
        {
            while (!decoder.HasOutput)
            {
                if (Feed(decoder))
                    decoder.DecodeBlock(_disposal.Token);
                else if (!Receive(decoder, stream.Read(_buffer)))
                    return 0;
            }
        }
        catch (OperationCanceledException e)
        {
            throw Stopped(e, CancellationToken.None);
        }

        return decoder.Take(buffer);
    }

    /// <inheritdoc cref="Read(Span{byte})"/>
    public override int Read(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        return Read(buffer.AsSpan(offset, count));
    }

    /// <summary>Decompresses a byte.</summary>
    /// <returns>The byte, or −1 at the end of the content.</returns>
    /// <inheritdoc cref="Read(Span{byte})"/>
    public override int ReadByte()
    {
        byte value = 0;
        return Read(new Span<byte>(ref value)) > 0 ? value : -1;
    }

    /// <inheritdoc cref="Read(Span{byte})"/>
    /// <param name="buffer">Receives content.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var (decoder, stream) = (Decoder, Open());
        return cancellationToken.IsCancellationRequested
            ? ValueTask.FromCanceled<int>(cancellationToken)
            : ReadCoreAsync(decoder, stream, Enter(), buffer, cancellationToken);
    }

    /// <inheritdoc cref="ReadAsync(Memory{byte}, CancellationToken)"/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        ValidateBufferArguments(buffer, offset, count);
        return ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    /// <inheritdoc/>
    public override IAsyncResult BeginRead(byte[] buffer, int offset, int count, AsyncCallback? callback, object? state) =>
        TaskToAsyncResult.Begin(ReadAsync(buffer, offset, count, CancellationToken.None), callback, state);

    /// <inheritdoc/>
    public override int EndRead(IAsyncResult asyncResult) => TaskToAsyncResult.End<int>(asyncResult);

    private async ValueTask<int> ReadCoreAsync(LmzDecoder decoder, Stream stream, Call call, Memory<byte> buffer, CancellationToken cancellation)
    {
        using (call)
        {
            if (!decoder.HasOutput && !await FillAsync(decoder, stream, cancellation).ConfigureAwait(false))
                return 0;
            return decoder.Take(buffer.Span);
        }
    }

    /// <returns>Whether there is content to hand out; else it has ended.</returns>
    private async Task<bool> FillAsync(LmzDecoder decoder, Stream stream, CancellationToken cancellation)
    {
        using var stop = StopOf(cancellation);
        try
        {
            while (!decoder.HasOutput)
            {
                if (Feed(decoder))
                    await Task.Run(() => decoder.DecodeBlock(stop.Token), stop.Token).ConfigureAwait(false);
                else if (!Receive(decoder, await stream.ReadAsync(_buffer.AsMemory(), stop.Token).ConfigureAwait(false)))
                    return false;
            }

            return true;
        }
        catch (OperationCanceledException e)
        {
            throw Stopped(e, cancellation);
        }
    }

    private bool Feed(LmzDecoder decoder)
    {
        ReadOnlySpan<byte> data = _buffer.AsSpan(_bufferStart.._bufferEnd);
        var found = decoder.Feed(ref data);
        _bufferStart = _bufferEnd - data.Length;
        return found;
    }

    /// <summary>Notes how much data was read.</summary>
    /// <returns>Whether there was any; else the content has ended.</returns>
    /// <exception cref="InvalidDataException">The data must not end here.</exception>
    private bool Receive(LmzDecoder decoder, int count)
    {
        if (count == 0 && !decoder.AtEnd)
            throw decoder.EndsEarly();
        (_bufferStart, _bufferEnd) = (0, count);
        return count > 0;
    }
}

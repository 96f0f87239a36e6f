using System.IO.Compression;

namespace Compressor;

/// <summary>
/// Compresses what is written to it to another stream, or decompresses what is read from it from another stream. Not for several
/// threads at once. Works on one block at a time, on all cores; <see cref="Lmz.Compress(Stream, Stream, LmzCompressionOptions?, IProgress{long}?, CancellationToken)"/>
/// works on several at once.
/// </summary>
/// <remarks>
/// A compressing stream must be disposed: only that ends the frame. After an error it leaves the frame open, so that
/// nobody takes it for complete.
/// </remarks>
/// <example><code>
/// using (var lmz = new LmzStream(File.Create("notes.txt.lmz"), CompressionMode.Compress))
///     lmz.Write("Call me Ishmael."u8);
/// using var reader = new StreamReader(new LmzStream(File.OpenRead("notes.txt.lmz"), CompressionMode.Decompress));
/// Console.WriteLine(reader.ReadToEnd());
/// </code></example>
public sealed partial class LmzStream : Stream
{
    private const int BufferLength = 1 << 16;

    private readonly LmzEncoder? _encoder;
    private readonly LmzDecoder? _decoder;
    private readonly bool _ownsCoder;
    private readonly bool _leaveOpen;
    private readonly byte[] _buffer = new byte[BufferLength];
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _disposal = new(); // stops the work of a call that is under way
    private Stream? _base; // null once disposed
    private bool _failed;
    private bool _active; // a call is under way

    /// <summary>Compresses or decompresses with the defaults.</summary>
    /// <param name="stream">Receives or holds the data.</param>
    /// <param name="mode">Which of the two.</param>
    /// <param name="leaveOpen">Whether <paramref name="stream"/> stays open when this one is disposed.</param>
    /// <exception cref="ArgumentException">The stream cannot be written to, or read from; or the mode is none of the two.</exception>
    public LmzStream(Stream stream, CompressionMode mode, bool leaveOpen = false)
        : this(
            stream,
            mode == CompressionMode.Compress ? new LmzEncoder() : null,
            mode == CompressionMode.Decompress ? new LmzDecoder() : null,
            ownsCoder: true,
            leaveOpen)
    {
    }

    /// <summary>Compresses.</summary>
    /// <param name="stream">Receives the data.</param>
    /// <param name="options">How to compress.</param>
    /// <param name="leaveOpen">Whether <paramref name="stream"/> stays open when this one is disposed.</param>
    /// <exception cref="ArgumentException">The stream cannot be written to.</exception>
    public LmzStream(Stream stream, LmzCompressionOptions options, bool leaveOpen = false)
        : this(stream, new LmzEncoder(NotNull(options)), null, ownsCoder: true, leaveOpen)
    {
    }

    /// <summary>Decompresses.</summary>
    /// <param name="stream">Holds the data: one or more frames, and nothing else, from its position to its end.</param>
    /// <param name="options">How to decompress.</param>
    /// <param name="leaveOpen">Whether <paramref name="stream"/> stays open when this one is disposed.</param>
    /// <exception cref="ArgumentException">The stream cannot be read from.</exception>
    public LmzStream(Stream stream, LmzDecompressionOptions options, bool leaveOpen = false)
        : this(stream, null, new LmzDecoder(NotNull(options)), ownsCoder: true, leaveOpen)
    {
    }

    /// <summary>Compresses with an encoder that stays the caller's: it is reset, not disposed.</summary>
    /// <param name="stream">Receives the data.</param>
    /// <param name="encoder">The encoder, fresh or reset; nobody else may use it meanwhile.</param>
    /// <param name="leaveOpen">Whether <paramref name="stream"/> stays open when this one is disposed.</param>
    /// <exception cref="ArgumentException">The stream cannot be written to.</exception>
    public LmzStream(Stream stream, LmzEncoder encoder, bool leaveOpen = false)
        : this(stream, NotNull(encoder), null, ownsCoder: false, leaveOpen)
    {
    }

    /// <summary>Decompresses with a decoder that stays the caller's: it is reset, not disposed.</summary>
    /// <param name="stream">Holds the data: one or more frames, and nothing else, from its position to its end.</param>
    /// <param name="decoder">The decoder, fresh or reset; nobody else may use it meanwhile.</param>
    /// <param name="leaveOpen">Whether <paramref name="stream"/> stays open when this one is disposed.</param>
    /// <exception cref="ArgumentException">The stream cannot be read from.</exception>
    public LmzStream(Stream stream, LmzDecoder decoder, bool leaveOpen = false)
        : this(stream, null, NotNull(decoder), ownsCoder: false, leaveOpen)
    {
    }

    private LmzStream(Stream stream, LmzEncoder? encoder, LmzDecoder? decoder, bool ownsCoder, bool leaveOpen)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (encoder is null && decoder is null)
            throw new ArgumentException("The mode is neither compression nor decompression.");
        if (encoder is not null ? !stream.CanWrite : !stream.CanRead)
            throw new ArgumentException(encoder is not null ? "The stream cannot be written to." : "The stream cannot be read from.", nameof(stream));
        _base = stream;
        _encoder = encoder;
        _decoder = decoder;
        _ownsCoder = ownsCoder;
        _leaveOpen = leaveOpen;
    }

    /// <summary>The stream that receives or holds the data.</summary>
    /// <exception cref="ObjectDisposedException">This stream is disposed.</exception>
    public Stream BaseStream => Open();

    /// <summary>Whether this stream decompresses, and is not disposed.</summary>
    public override bool CanRead => _decoder is not null && _base is { CanRead: true };

    /// <summary>Whether this stream compresses, and is not disposed.</summary>
    public override bool CanWrite => _encoder is not null && _base is { CanWrite: true };

    /// <summary>False: see <see cref="LmzReader"/> for access at any offset.</summary>
    public override bool CanSeek => false;

    /// <summary>Not supported.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override long Length => throw new NotSupportedException();

    /// <summary>Not supported.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Not supported.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <summary>Not supported.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>
    /// Ends the frame if this stream compresses and has not failed, and closes the other stream unless it is to stay open. Of a call that is
    /// still under way the work is stopped and the frame stays incomplete; that call fails with <see cref="ObjectDisposedException"/>.
    /// </summary>
    /// <exception cref="IOException">The other stream fails.</exception>
    protected override void Dispose(bool disposing)
    {
        if (disposing && BeginDisposal(out var isIdle) is { } stream)
        {
            try
            {
                if (isIdle && _encoder is not null && !_failed)
                {
                    _encoder.Finish(CancellationToken.None);
                    WriteOutput(stream);
                }
            }
            finally
            {
                EndDisposal(isIdle);
                if (!_leaveOpen)
                    stream.Dispose();
            }
        }

        base.Dispose(disposing);
    }

    /// <inheritdoc cref="Dispose(bool)"/>
    public override async ValueTask DisposeAsync()
    {
        if (BeginDisposal(out var isIdle) is { } stream)
        {
            try
            {
                if (isIdle && _encoder is not null && !_failed)
                {
                    await Task.Run(() => _encoder.Finish(CancellationToken.None)).ConfigureAwait(false);
                    await WriteOutputAsync(stream, CancellationToken.None).ConfigureAwait(false);
                }
            }
            finally
            {
                EndDisposal(isIdle);
                if (!_leaveOpen)
                    await stream.DisposeAsync().ConfigureAwait(false);
            }
        }

        await base.DisposeAsync().ConfigureAwait(false);
    }

    private static T NotNull<T>(T value)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(value);
        return value;
    }

    private void ReleaseCoder()
    {
        if (_ownsCoder)
        {
            _encoder?.Dispose();
            _decoder?.Dispose();
        }
        else
        {
            _encoder?.Reset();
            _decoder?.Reset();
        }
    }

    private Stream Open()
    {
        ObjectDisposedException.ThrowIf(_base is null, this);
        return _base;
    }

    /// <returns>The other stream; null if this one is disposed already.</returns>
    private Stream? BeginDisposal(out bool isIdle)
    {
        lock (_lock)
        {
            var stream = _base;
            _base = null;
            isIdle = !_active;
            return stream;
        }
    }

    private void EndDisposal(bool isIdle)
    {
        if (isIdle)
            ReleaseCoder();
        else
            _disposal.Cancel(); // and the call that is under way releases the coder
    }

    /// <exception cref="InvalidOperationException">Another call is under way.</exception>
    private Call Enter()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_base is null, this);
            if (_active)
                throw new InvalidOperationException("Another call on this stream is still under way.");
            _active = true;
            return new Call(this);
        }
    }

    private void Leave()
    {
        bool isDisposed;
        lock (_lock)
        {
            _active = false;
            isDisposed = _base is null;
        }

        if (isDisposed)
            ReleaseCoder();
    }

    /// <summary>What stops the work of a call: its own token, or the disposal of this stream.</summary>
    private CancellationTokenSource StopOf(CancellationToken cancellation) =>
        CancellationTokenSource.CreateLinkedTokenSource(cancellation, _disposal.Token);

    /// <summary>What to tell the caller of work that was stopped: whether by this stream's disposal or by his own token, or the other stream's.</summary>
    private Exception Stopped(OperationCanceledException e, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
            return new OperationCanceledException(e.Message, e, cancellation);
        return _disposal.IsCancellationRequested ? new ObjectDisposedException(e.Message, e) : e;
    }

    /// <summary>A call that is under way.</summary>
    private readonly struct Call(LmzStream stream) : IDisposable
    {
        public void Dispose() => stream.Leave();
    }
}

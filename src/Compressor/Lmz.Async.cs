using Compressor.Frames;

namespace Compressor;

public static partial class Lmz
{
    private const int CopyLength = 1 << 16;

    /// <summary>
    /// Compresses a stream from its position to its end. The streams are only used asynchronously; the work is done on the thread pool,
    /// one block at a time with <see cref="LmzCompressionOptions.Threads"/> threads.
    /// </summary>
    /// <param name="source">The content. When it can seek, the frame states the content's length.</param>
    /// <param name="destination">Receives one frame.</param>
    /// <param name="options">How to compress; null for the defaults.</param>
    /// <param name="progress">Told the content bytes read so far, now and then.</param>
    /// <param name="cancellationToken">Stops the work; what was written by then is no complete frame.</param>
    /// <exception cref="ArgumentException">The source is the destination.</exception>
    /// <exception cref="InvalidDataException">No model is given and a built-in one is damaged.</exception>
    /// <exception cref="IOException">A stream fails, or the source changes its length while it is read.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <example><code>await Lmz.CompressAsync(request.Body, file, cancellationToken: request.HttpContext.RequestAborted);</code></example>
    public static async Task CompressAsync(
        Stream source,
        Stream destination,
        LmzCompressionOptions? options = null,
        IProgress<long>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(destination);
        RequireTwoStreams(source, destination);
        using var encoder = new LmzEncoder(options);
        var length = FrameCompressor.LengthOf(source);
        if (length is not null)
            encoder.SetSourceLength(length.Value);

        var buffer = new byte[CopyLength];
        var total = 0L;
        while (await source.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var count)
        {
            total += count;
            if (total > length)
                throw FrameCompressor.SourceChanged(length);
            for (var start = 0; start < count;)
            {
                if (Fill(encoder, buffer.AsSpan(start..count), out var taken))
                {
                    await Task.Run(() => encoder.EncodeBlock(cancellationToken), cancellationToken).ConfigureAwait(false);
                    await WriteAsync(encoder, destination, cancellationToken).ConfigureAwait(false);
                }

                start += taken;
            }

            progress?.Report(total);
        }

        if (total < length)
            throw FrameCompressor.SourceChanged(length);
        await Task.Run(() => encoder.Finish(cancellationToken), cancellationToken).ConfigureAwait(false);
        await WriteAsync(encoder, destination, cancellationToken).ConfigureAwait(false);

        static bool Fill(LmzEncoder encoder, ReadOnlySpan<byte> content, out int taken)
        {
            var rest = content;
            var full = encoder.Fill(ref rest);
            taken = content.Length - rest.Length;
            return full;
        }
    }

    /// <summary>
    /// Decompresses a stream from its position to its end. The streams are only used asynchronously; the work is done on the thread pool,
    /// one block at a time with <see cref="LmzDecompressionOptions.Threads"/> threads.
    /// </summary>
    /// <param name="source">One or more frames, and nothing else.</param>
    /// <param name="destination">Receives the content. Each block is verified before it is written.</param>
    /// <param name="options">How to decompress; null for the defaults.</param>
    /// <param name="progress">Told the content bytes written so far, now and then.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="ArgumentException">The source is the destination.</exception>
    /// <exception cref="InvalidDataException">The data is damaged, cut short, or no .lmz data.</exception>
    /// <exception cref="ModelNotFoundException">The data was made with a model that is not at hand.</exception>
    /// <exception cref="IOException">A stream fails.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <example><code>await Lmz.DecompressAsync(file, response.Body);</code></example>
    public static async Task DecompressAsync(
        Stream source,
        Stream destination,
        LmzDecompressionOptions? options = null,
        IProgress<long>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(destination);
        RequireTwoStreams(source, destination);
        var content = new LmzStream(source, options ?? new LmzDecompressionOptions(), leaveOpen: true);
        await using var _ = content.ConfigureAwait(false);
        var buffer = new byte[CopyLength];
        var total = 0L;
        while (await content.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var count)
        {
            await destination.WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
            progress?.Report(total += count);
        }
    }

    private static async Task WriteAsync(LmzEncoder encoder, Stream destination, CancellationToken cancellation)
    {
        var buffer = new byte[CopyLength];
        while (encoder.Take(buffer) is > 0 and var count)
            await destination.WriteAsync(buffer.AsMemory(0, count), cancellation).ConfigureAwait(false);
    }
}

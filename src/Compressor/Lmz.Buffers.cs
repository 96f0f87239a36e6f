using System.Buffers;
using Compressor.Container;
using Compressor.IO;

namespace Compressor;

public static partial class Lmz
{
    /// <summary>The most bytes that content can become: stored, with all headers.</summary>
    /// <param name="contentLength">The length of the content in bytes.</param>
    /// <param name="options">How it will be compressed; null for the defaults. Only the block length matters.</param>
    /// <returns>A length in bytes: that of the content, at most 46 bytes and at most 21 bytes a block.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Less than 0, or so long that the result would not fit.</exception>
    /// <example><code>var data = new byte[Lmz.GetMaxCompressedLength(content.Length)];</code></example>
    public static long GetMaxCompressedLength(long contentLength, LmzCompressionOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(contentLength);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(contentLength, long.MaxValue / 2);
        var blockLength = options?.BlockLength ?? LmzCompressionOptions.DefaultBlockLength;
        var blocks = ((contentLength - 1) / blockLength) + 1;
        return contentLength + FrameEndBuilder.MaxFrameBytes + (blocks * FrameEndBuilder.MaxBlockBytes);
    }

    /// <summary>Compresses bytes into memory of the caller.</summary>
    /// <param name="source">The content; empty is allowed.</param>
    /// <param name="destination">Receives one frame; <see cref="GetMaxCompressedLength"/> bytes are always enough.</param>
    /// <param name="bytesWritten">The length of the frame in bytes; 0 if it does not fit.</param>
    /// <param name="options">How to compress; null for the defaults.</param>
    /// <returns>False only if <paramref name="destination"/> is too short.</returns>
    /// <exception cref="InvalidDataException">No model is given and a built-in one is damaged.</exception>
    /// <example><code>
    /// Span&lt;byte&gt; data = stackalloc byte[1024];
    /// if (Lmz.TryCompress("Call me Ishmael."u8, data, out int length)) Send(data[..length]);
    /// </code></example>
    public static unsafe bool TryCompress(
        ReadOnlySpan<byte> source, Span<byte> destination, out int bytesWritten, LmzCompressionOptions? options = null)
    {
        fixed (byte* content = source, memory = destination)
        {
            using var input = Over(content, source.Length);
            return TryWrite(memory, destination.Length, output => Compress(input, output, options), out bytesWritten);
        }
    }

    /// <summary>Decompresses bytes into memory of the caller.</summary>
    /// <param name="source">One or more frames, and nothing else.</param>
    /// <param name="destination">Receives the content; <see cref="TryGetDecompressedLength"/> says how long it must be.</param>
    /// <param name="bytesWritten">The length of the content in bytes; 0 if it does not fit.</param>
    /// <param name="options">How to decompress; null for the defaults.</param>
    /// <returns>False only if <paramref name="destination"/> is too short.</returns>
    /// <exception cref="InvalidDataException">The data is damaged, cut short, or no .lmz data.</exception>
    /// <exception cref="ModelNotFoundException">The data was made with a model that is not at hand.</exception>
    /// <example><code>
    /// if (Lmz.TryGetDecompressedLength(data, out long length) &amp;&amp; length &lt;= buffer.Length)
    ///     Lmz.TryDecompress(data, buffer, out int written);
    /// </code></example>
    public static unsafe bool TryDecompress(
        ReadOnlySpan<byte> source, Span<byte> destination, out int bytesWritten, LmzDecompressionOptions? options = null)
    {
        // A block is decoded as a whole: what cannot fit is better seen before.
        if (TryGetDecompressedLength(source, out var length) && length > destination.Length)
        {
            bytesWritten = 0;
            return false;
        }

        fixed (byte* data = source, memory = destination)
        {
            using var input = Over(data, source.Length);
            return TryWrite(memory, destination.Length, output => Decompress(input, output, options), out bytesWritten);
        }
    }

    /// <summary>The length of the content, as the structure of the data states it; nothing is decompressed.</summary>
    /// <param name="source">One or more frames, and nothing else.</param>
    /// <param name="length">The length in bytes; 0 if it cannot be told.</param>
    /// <returns>Whether the data is whole as far as its structure shows.</returns>
    /// <remarks>Hostile data may state any length: bound it before allocating so much.</remarks>
    /// <example><code>bool known = Lmz.TryGetDecompressedLength(data, out long length);</code></example>
    public static unsafe bool TryGetDecompressedLength(ReadOnlySpan<byte> source, out long length)
    {
        fixed (byte* data = source)
        {
            using var input = Over(data, source.Length);
            try
            {
                length = ReadInfo(input).Sum(frame => frame.ContentLength);
                return true;
            }
            catch (Exception e) when (e is InvalidDataException or OverflowException)
            {
                length = 0;
                return false;
            }
        }
    }

    /// <summary>Compresses bytes into a buffer writer.</summary>
    /// <param name="source">The content; empty is allowed.</param>
    /// <param name="destination">Receives one frame.</param>
    /// <param name="options">How to compress; null for the defaults.</param>
    /// <exception cref="InvalidDataException">No model is given and a built-in one is damaged.</exception>
    /// <example><code>Lmz.Compress(new ReadOnlySequence&lt;byte&gt;(content), pipe.Writer);</code></example>
    public static void Compress(ReadOnlySequence<byte> source, IBufferWriter<byte> destination, LmzCompressionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(destination);
        Compress(new SequenceStream(source), new BufferWriterStream(destination), options);
    }

    /// <inheritdoc cref="Compress(ReadOnlySequence{byte}, IBufferWriter{byte}, LmzCompressionOptions?)"/>
    public static unsafe void Compress(ReadOnlySpan<byte> source, IBufferWriter<byte> destination, LmzCompressionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(destination);
        fixed (byte* content = source)
        {
            using var input = Over(content, source.Length);
            Compress(input, new BufferWriterStream(destination), options);
        }
    }

    /// <summary>Decompresses bytes into a buffer writer.</summary>
    /// <param name="source">One or more frames, and nothing else.</param>
    /// <param name="destination">Receives the content. Each block is verified before it is written.</param>
    /// <param name="options">How to decompress; null for the defaults.</param>
    /// <exception cref="InvalidDataException">The data is damaged, cut short, or no .lmz data.</exception>
    /// <exception cref="ModelNotFoundException">The data was made with a model that is not at hand.</exception>
    /// <example><code>Lmz.Decompress(result.Buffer, writer, new LmzDecompressionOptions { MaxContentLength = 1 &lt;&lt; 20 });</code></example>
    public static void Decompress(ReadOnlySequence<byte> source, IBufferWriter<byte> destination, LmzDecompressionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(destination);
        Decompress(new SequenceStream(source), new BufferWriterStream(destination), options);
    }

    /// <inheritdoc cref="Decompress(ReadOnlySequence{byte}, IBufferWriter{byte}, LmzDecompressionOptions?)"/>
    public static unsafe void Decompress(ReadOnlySpan<byte> source, IBufferWriter<byte> destination, LmzDecompressionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(destination);
        fixed (byte* data = source)
        {
            using var input = Over(data, source.Length);
            Decompress(input, new BufferWriterStream(destination), options);
        }
    }

    private static unsafe Stream Over(byte* memory, int length) => length == 0 ? new MemoryStream() : new UnmanagedMemoryStream(memory, length);

    private static unsafe bool TryWrite(byte* memory, int length, Action<Stream> write, out int bytesWritten)
    {
        using var output = new BoundedStream(memory, length);
        try
        {
            write(output);
        }
        catch (IOException) when (output.HasOverflown)
        {
            bytesWritten = 0;
            return false;
        }

        bytesWritten = output.Count;
        return true;
    }
}

using System.Buffers;
using Compressor.Blocks;
using Compressor.Container;
using Compressor.Frames;
using Compressor.Recovery;

namespace Compressor;

/// <summary>
/// Lossless compression in which a language model predicts what comes next: <c>.lmz</c> data. It decompresses to the same
/// bytes on every machine; the compressed bytes are the same for any number of threads and on every machine, but for
/// the few blocks that the framework's Brotli makes smallest: another version of it may encode them otherwise.
/// </summary>
public static partial class Lmz
{
    /// <summary>The extension of compressed files.</summary>
    public const string FileExtension = ".lmz";

    /// <summary>Compresses bytes.</summary>
    /// <param name="source">The content; empty is allowed.</param>
    /// <param name="options">How to compress; null for the defaults.</param>
    /// <returns>One frame.</returns>
    /// <exception cref="DirectoryNotFoundException">No model is given and no built-in one is installed.</exception>
    /// <example><code>
    /// byte[] packed = Lmz.Compress("Call me Ishmael."u8);
    /// byte[] smaller = Lmz.Compress(content, new LmzCompressionOptions { Level = LmzCompressionOptions.MaxLevel });
    /// </code></example>
    public static byte[] Compress(ReadOnlySpan<byte> source, LmzCompressionOptions? options = null)
    {
        var destination = new ArrayBufferWriter<byte>();
        Compress(source, destination, options);
        return destination.WrittenSpan.ToArray();
    }

    /// <summary>Decompresses bytes.</summary>
    /// <param name="source">One or more frames.</param>
    /// <param name="options">How to decompress; null for the defaults.</param>
    /// <returns>The content of all frames.</returns>
    /// <exception cref="InvalidDataException">The data is damaged, cut short, or no .lmz data.</exception>
    /// <exception cref="ModelNotFoundException">The data was made with a model that is not at hand.</exception>
    /// <exception cref="OutOfMemoryException">The content is too long for an array.</exception>
    /// <example><code>string text = Encoding.UTF8.GetString(Lmz.Decompress(packed));</code></example>
    public static byte[] Decompress(ReadOnlySpan<byte> source, LmzDecompressionOptions? options = null)
    {
        var destination = new ArrayBufferWriter<byte>();
        Decompress(source, destination, options);
        return destination.WrittenSpan.ToArray();
    }

    /// <summary>Compresses a stream from its position to its end, in memory that does not grow with its length.</summary>
    /// <param name="source">The content. When it can seek, the frame states the content's length.</param>
    /// <param name="destination">Receives one frame.</param>
    /// <param name="options">How to compress; null for the defaults.</param>
    /// <param name="progress">Told the content bytes done so far, now and then; from any thread, but one report at a time.</param>
    /// <param name="cancellationToken">Stops the work; what was written by then is no complete frame.</param>
    /// <exception cref="ArgumentException">The source is the destination.</exception>
    /// <exception cref="DirectoryNotFoundException">No model is given and no built-in one is installed.</exception>
    /// <exception cref="IOException">A stream fails, or the source changes its length while it is read.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <example><code>
    /// using var source = File.OpenRead("book.txt");
    /// using var target = File.Create("book.txt.lmz");
    /// Lmz.Compress(source, target, progress: new Progress&lt;long&gt;(done => Console.Write($"\r{done} bytes")));
    /// </code></example>
    public static void Compress(
        Stream source,
        Stream destination,
        LmzCompressionOptions? options = null,
        IProgress<long>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(destination);
        RequireTwoStreams(source, destination);
        options ??= new LmzCompressionOptions();
        FrameCompressor.Compress(source, destination, options, BlockSettings.Of(options), progress, cancellationToken);
    }

    /// <summary>Decompresses a stream from its position to its end, in memory that does not grow with its length.</summary>
    /// <param name="source">One or more frames, and nothing else.</param>
    /// <param name="destination">Receives the content. Each block is verified before it is written.</param>
    /// <param name="options">How to decompress; null for the defaults.</param>
    /// <param name="progress">Told the content bytes done so far, now and then; from any thread, but one report at a time.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="ArgumentException">The source is the destination.</exception>
    /// <exception cref="InvalidDataException">The data is damaged, cut short, or no .lmz data.</exception>
    /// <exception cref="ModelNotFoundException">The data was made with a model that is not at hand.</exception>
    /// <exception cref="IOException">A stream fails.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <example><code>
    /// using var source = File.OpenRead("book.txt.lmz");
    /// using var target = File.Create("book.txt");
    /// Lmz.Decompress(source, target, new LmzDecompressionOptions { MaxContentLength = 1 &lt;&lt; 30 });
    /// </code></example>
    public static void Decompress(
        Stream source,
        Stream destination,
        LmzDecompressionOptions? options = null,
        IProgress<long>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(destination);
        RequireTwoStreams(source, destination);
        FrameDecompressor.Decompress(source, destination, options ?? new LmzDecompressionOptions(), progress, cancellationToken);
    }

    /// <summary>
    /// Decompresses what can be decompressed of damaged data. Each block that is written was verified; content that is lost is
    /// written as zeros if its length is known, so that what follows stays in its place, and left out if not.
    /// </summary>
    /// <param name="source">One or more frames, which may be damaged anywhere, from the position to the end of a stream that can seek.</param>
    /// <param name="destination">Receives the content; <see cref="Stream.Null"/> to learn only what is damaged.</param>
    /// <param name="options">How to decompress; null for the defaults.</param>
    /// <param name="progress">Told the content bytes done so far, now and then; from any thread, but one report at a time.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>What was recovered and what was not.</returns>
    /// <exception cref="ArgumentException">The source cannot seek, or is the destination.</exception>
    /// <exception cref="InvalidDataException">There is more content than the options accept.</exception>
    /// <exception cref="IOException">A stream fails.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <example><code>
    /// using var source = File.OpenRead("damaged.lmz");
    /// using var target = File.Create("recovered");
    /// foreach (var damage in Lmz.Recover(source, target).Damages)
    ///     Console.WriteLine($"{damage.ContentLength} bytes lost at {damage.ContentOffset}: {damage.Reason}");
    /// </code></example>
    public static LmzRecovery Recover(
        Stream source,
        Stream destination,
        LmzDecompressionOptions? options = null,
        IProgress<long>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(destination);
        RequireTwoStreams(source, destination);
        if (!source.CanSeek)
            throw new ArgumentException("The stream cannot seek.", nameof(source));
        return FrameRecovery.Run(source, destination, options ?? new LmzDecompressionOptions(), progress, cancellationToken);
    }

    /// <summary>
    /// Describes compressed data. No model is needed: the structure is verified, the content is not decompressed.
    /// </summary>
    /// <param name="source">One or more frames, and nothing else, from the stream's position to its end.</param>
    /// <returns>The frames in order.</returns>
    /// <exception cref="InvalidDataException">The data is cut short, no .lmz data, or visibly damaged.</exception>
    /// <example><code>
    /// using var file = File.OpenRead("book.txt.lmz");
    /// foreach (LmzFrameInfo frame in Lmz.ReadInfo(file))
    ///     Console.WriteLine($"{frame.CompressedLength} -> {frame.ContentLength} bytes, {frame.Blocks.Count} blocks, models {string.Join(", ", frame.ModelIds)}");
    /// </code></example>
    public static IReadOnlyList<LmzFrameInfo> ReadInfo(Stream source)
    {
        ArgumentNullException.ThrowIfNull(source);
        var reader = new FrameReader(source, withBodies: false);
        var parser = reader.Parser;
        var (frames, blocks) = (new List<LmzFrameInfo>(), new List<LmzBlockInfo>());
        while (reader.Next() is { } found)
        {
            if (found == ParserEvent.Block)
            {
                blocks.Add(LmzBlockInfo.Of(parser.Block.Block.Header, parser.Block.Offset));
            }
            else if (found == ParserEvent.FrameEnd)
            {
                frames.Add(LmzFrameInfo.Of(parser, blocks));
                blocks = [];
            }
        }

        return frames;
    }

    /// <summary>What is written to a stream that is still read destroys what was to be read.</summary>
    /// <exception cref="ArgumentException">They are one.</exception>
    private static void RequireTwoStreams(Stream source, Stream destination)
    {
        if (ReferenceEquals(source, destination) && source != Stream.Null)
            throw new ArgumentException("The source and the destination are the same stream.", nameof(destination));
    }
}

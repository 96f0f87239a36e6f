using Compressor.Container;
using Compressor.Frames;

namespace Compressor;

/// <content>Compressing in parts, by processes that need not know of each other.</content>
public static partial class Lmz
{
    /// <summary>
    /// Compresses one part of some content. The data of all parts, one after the other, and then <see cref="EndOfParts"/>, are byte for byte what
    /// <see cref="Compress(Stream, Stream, LmzCompressionOptions?, IProgress{long}?, CancellationToken)"/> makes of the whole content.
    /// </summary>
    /// <param name="source">The content, at <see cref="LmzPartInfo.ReadFrom"/>; from there to the end of the part is read.</param>
    /// <param name="destination">Receives the part's data, which is no .lmz data by itself.</param>
    /// <param name="part">Which part.</param>
    /// <param name="contentLength">The length of the whole content in bytes.</param>
    /// <param name="options">How to compress, the same for all parts; null for the defaults.</param>
    /// <param name="progress">Told the content bytes done so far, now and then; from any thread, but one report at a time.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>The description that joining needs.</returns>
    /// <exception cref="ArgumentException">The source is the destination.</exception>
    /// <exception cref="DirectoryNotFoundException">No model is given and the built-in one is missing.</exception>
    /// <exception cref="IOException">A stream fails, or the source ends inside the part.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <example><code>
    /// var part = LmzPart.Parse("3/16");
    /// using var source = File.OpenRead("book.txt");
    /// source.Position = LmzPartInfo.Of(part, source.Length, options).ReadFrom;
    /// using var target = File.Create("book.txt.lmz.03-of-16");
    /// LmzPartInfo info = Lmz.CompressPart(source, target, part, source.Length, options);
    /// </code></example>
    public static LmzPartInfo CompressPart(
        Stream source,
        Stream destination,
        LmzPart part,
        long contentLength,
        LmzCompressionOptions? options = null,
        IProgress<long>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(destination);
        RequireTwoStreams(source, destination);
        options ??= new LmzCompressionOptions();
        return PartCompressor.Compress(source, destination, LmzPartInfo.Of(part, contentLength, options), options, progress, cancellationToken);
    }

    /// <summary>Writes what comes after the data of all parts: the end of the frame, with the seek table.</summary>
    /// <param name="parts">All parts in order.</param>
    /// <exception cref="InvalidDataException">They are not of one file, one is missing or there twice, or they are in another order; the message names the two that do not fit.</exception>
    public static byte[] EndOfParts(IReadOnlyList<LmzNamedPart> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        PartJoiner.Check(parts);
        return PartJoiner.EndOf(parts);
    }

    /// <summary>Copies the data of a part to where parts are joined, and holds it against its description.</summary>
    /// <param name="part">The part.</param>
    /// <param name="data">Its data, to the end of the stream.</param>
    /// <param name="destination">Receives it; <see cref="Stream.Null"/> only to look.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="InvalidDataException">The data is not what the description says.</exception>
    /// <exception cref="IOException">A stream fails.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static void CopyPart(LmzNamedPart part, Stream data, Stream destination, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(part);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(destination);
        PartJoiner.Copy(part, data, destination, cancellationToken);
    }

    /// <summary>
    /// Whether compressed data stands for some content, at the speed of reading both: nothing is decompressed and no model is needed. The check of every block is
    /// over its content too, so it shows whether the block was made of that; whether a decoder agrees is what <see cref="Recover"/> and decompressing tell.
    /// </summary>
    /// <param name="source">One or more frames, from the stream's position to its end.</param>
    /// <param name="content">The content, from the stream's position to its end.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="IOException">A stream fails.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static bool IsCompressed(Stream source, Stream content, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(content);
        try
        {
            foreach (var block in new FrameReader(source, withBodies: true).Blocks())
            {
                cancellationToken.ThrowIfCancellationRequested();
                var bytes = new byte[block.Block.Header.ContentLength];
                if (content.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length || !block.IsOf(bytes))
                    return false;
            }
        }
        catch (InvalidDataException)
        {
            return false;
        }

        return content.ReadByte() < 0;
    }
}

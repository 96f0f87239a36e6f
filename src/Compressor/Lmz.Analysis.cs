using Compressor.Container;
using Compressor.Frames;

namespace Compressor;

public static partial class Lmz
{
    /// <summary>
    /// Says where the bits of compressed data went: what every token cost, and what it would have cost by the transformer alone.
    /// Takes as long as decompressing.
    /// </summary>
    /// <param name="source">One or more frames, and nothing else, from the stream's position to its end.</param>
    /// <param name="options">How to decompress; null for the defaults.</param>
    /// <param name="detailedTokens">For so many tokens from the first, what the transformer predicted is told too: the five most probable.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>The blocks in order, each analyzed when it is asked for.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="detailedTokens"/> is less than 0.</exception>
    /// <exception cref="InvalidDataException">On the way through the blocks: the data is damaged, cut short, or no .lmz data.</exception>
    /// <exception cref="ModelNotFoundException">On the way through the blocks: the data was made with a model that is not at hand.</exception>
    /// <example><code>
    /// using var file = File.OpenRead("book.txt.lmz");
    /// foreach (LmzBlockAnalysis block in Lmz.Analyze(file))
    ///     Console.WriteLine($"{block.IdealBits / 8:F0} of {block.PayloadLength} bytes; the transformer alone {block.ModelBits / 8:F0}");
    /// </code></example>
    public static IEnumerable<LmzBlockAnalysis> Analyze(
        Stream source, LmzDecompressionOptions? options = null, int detailedTokens = 0, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentOutOfRangeException.ThrowIfNegative(detailedTokens);
        return AnalyzeBlocks(source, options ?? new LmzDecompressionOptions(), detailedTokens, cancellationToken);
    }

    private static IEnumerable<LmzBlockAnalysis> AnalyzeBlocks(
        Stream source, LmzDecompressionOptions options, int detailedTokens, CancellationToken cancellation)
    {
        foreach (var block in FrameDecompressor.ReadBlocks(new FrameReader(source, withBodies: true), options))
        {
            var analysis = block.Analyze(detailedTokens, options.ThreadCount, cancellation);
            detailedTokens = Math.Max(0, detailedTokens - analysis.Tokens.Count);
            yield return analysis;
        }
    }
}

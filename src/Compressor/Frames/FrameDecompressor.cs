using Compressor.Blocks;
using Compressor.Concurrency;
using Compressor.Container;

namespace Compressor.Frames;

/// <summary>Decodes the blocks of a stream of frames.</summary>
internal static class FrameDecompressor
{
    public static void Decompress(
        Stream source, Stream destination, LmzDecompressionOptions options, IProgress<long>? progress, CancellationToken cancellation)
    {
        var meter = new ProgressMeter(progress);
        var frames = new FrameContent();
        OrderedPipeline.Run(
            ReadBlocks(new FrameReader(source, withBodies: true), options),
            (block, threads, stop) => block.Decode(threads, meter, stop),
            block => destination.Write(frames.Next(block)),
            options.ThreadCount,
            cancellation);
    }

    /// <summary>The blocks of all frames in order, each with what it takes to decode it.</summary>
    /// <exception cref="InvalidDataException">On the way: the data is malformed, ends early, or has more content than the options accept.</exception>
    /// <exception cref="ModelNotFoundException">On the way: a model is not at hand.</exception>
    /// <exception cref="DictionaryNotFoundException">On the way: the dictionary is not at hand.</exception>
    public static IEnumerable<BlockDecoder> ReadBlocks(FrameReader reader, LmzDecompressionOptions options)
    {
        var budget = new DecodingBudget(options);
        foreach (var block in reader.Blocks())
        {
            budget.Add(block);
            yield return BlockDecoder.For(block, options);
        }
    }
}

using System.Security.Cryptography;
using Compressor.Blocks;
using Compressor.Concurrency;
using Compressor.Container;
using Compressor.IO;
using Compressor.Repeats;

namespace Compressor.Frames;

/// <summary>Makes the blocks of one part of a frame as <see cref="FrameCompressor"/> would have made them, and for the first part the frame's header.</summary>
internal static class PartCompressor
{
    /// <param name="source">The content from <see cref="LmzPartInfo.ReadFrom"/> to the end of the part; no more is read.</param>
    /// <param name="destination">Receives the part's data.</param>
    /// <param name="plan">The part, see <see cref="LmzPartInfo.Of"/>.</param>
    /// <param name="options">How to compress.</param>
    /// <param name="progress">Told the content bytes done so far.</param>
    /// <param name="cancellation">Stops the work.</param>
    public static LmzPartInfo Compress(
        Stream source, Stream destination, LmzPartInfo plan, LmzCompressionOptions options, IProgress<long>? progress, CancellationToken cancellation)
    {
        var settings = BlockSettings.Of(options);
        var header = plan.Header;
        var encoder = new BlockEncoder(header, options.ModelsFor(settings), options.Dictionary, settings);
        var layout = new BlockLayout(plan.ContentLength, plan.BlockLength);
        var (first, end) = plan.Part.ShareOf(layout.Count);
        var (blocks, meter) = (new List<PartBlock>(), new ProgressMeter(progress));
        using var content = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var data = new HashingStream(destination);
        if (plan.Part.Number == 1)
            data.Write(header.ToBytes());
        var start = first == end ? first : RepeatFinder.StartFor(first, plan.BlockLength);
        var repeats = new RepeatFinder(start * plan.BlockLength);
        foreach (var before in FrameCompressor.ReadBlocks(source, layout, start, first))
        {
            cancellation.ThrowIfCancellationRequested();
            repeats.Find(before);
        }

        OrderedPipeline.Run(
            FrameCompressor.ReadBlocks(source, layout, first, end).Select(block =>
            {
                content.AppendData(block);
                return new BlockContent(block, repeats.Find(block));
            }),
            (block, share, stop) => encoder.Encode(block, meter, stop, share),
            block =>
            {
                FrameWriter.Write(block, data);
                blocks.Add(new PartBlock(block.Header.DataLength, block.Header.ContentLength, block.Check));
            },
            options.ThreadCount,
            cancellation);
        return plan with
        {
            ContentHash = Convert.ToHexStringLower(content.GetHashAndReset()),
            DataLength = data.Count,
            DataHash = data.Hash(),
            Blocks = blocks,
        };
    }
}

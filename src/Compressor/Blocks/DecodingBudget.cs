using Compressor.Container;

namespace Compressor.Blocks;

/// <summary>
/// How much content an operation has come to, and how much of it must be predicted: hostile data may ask for any amount. Blocks are counted in their
/// order, before they are decoded, so that what is refused does not depend on the number of threads. Not for several threads at once.
/// </summary>
/// <param name="options">How much is accepted.</param>
internal sealed class DecodingBudget(LmzDecompressionOptions options)
{
    private long _contentLength;
    private long _predictedLength;

    public LmzDecompressionOptions Options => options;

    /// <summary>Counts the content of a block, and the work of decoding it.</summary>
    /// <exception cref="InvalidDataException">It is more than is accepted.</exception>
    public void Add(ParsedBlock block)
    {
        _contentLength += block.Block.Header.ContentLength;
        if (_contentLength > options.MaxContentLength)
            throw TooMuchContent(options, block.Offset);
        AddWork(block);
    }

    /// <summary>Counts the work of decoding a block, where the length of all content is known to be accepted.</summary>
    /// <exception cref="InvalidDataException">It is more than is accepted.</exception>
    public void AddWork(ParsedBlock block)
    {
        var header = block.Block.Header.Coded;
        if (!header.IsPredicted)
            return;
        _predictedLength += header.ContentLength;
        if (_predictedLength > options.MaxPredictedLength)
            throw new InvalidDataException($"More content must be predicted than the {options.MaxPredictedLength} bytes that are accepted, from the block at byte {block.Offset} on.");
    }

    /// <summary>The error of more content than the options accept.</summary>
    public static InvalidDataException TooMuchContent(LmzDecompressionOptions options, long offset) =>
        new($"There is more content than the {options.MaxContentLength} bytes that are accepted, from the block at byte {offset} on.");
}

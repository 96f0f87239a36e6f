using Compressor.Concurrency;
using Compressor.Container;
using Compressor.Payload;

namespace Compressor.Blocks;

/// <summary>A block, and the model and the dictionary that are needed to decode it, if any.</summary>
internal sealed record DecodableBlock(ParsedBlock Source, LanguageModel? Model, LmzDictionary? Dictionary)
{
    /// <param name="source">The block.</param>
    /// <param name="contentLength">The length of all content up to the end of the block, in bytes.</param>
    /// <param name="options">Which models there are and how much content is accepted.</param>
    /// <exception cref="InvalidDataException">There is more content than is accepted.</exception>
    /// <exception cref="ModelNotFoundException">The model is not at hand.</exception>
    /// <exception cref="DictionaryNotFoundException">The dictionary is not at hand.</exception>
    public static DecodableBlock For(ParsedBlock source, long contentLength, LmzDecompressionOptions options)
    {
        if (contentLength > options.MaxContentLength)
            throw FormatReader.Invalid($"there is more content than the {options.MaxContentLength} bytes that are accepted", source.Offset);
        var header = source.Block.Header;
        return new DecodableBlock(
            source,
            header.HasTokens ? options.Find(source.Frame.ModelId) : null,
            header.IsPredicted ? options.FindDictionary(source.Frame.DictionaryHash) : null);
    }

    /// <summary>The content of the block, verified.</summary>
    /// <param name="threads">How many threads may work on it when it is the whole frame: its lanes share the cores that no other block uses.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Checked often.</param>
    /// <exception cref="InvalidDataException">The block is damaged.</exception>
    public byte[] Decode(int threads, ProgressMeter progress, CancellationToken cancellation)
    {
        var single = Source.Block.Header.ContentLength == Source.Frame.ContentLength;
        return DecodeAlone(single ? threads : 1, progress, cancellation);
    }

    /// <summary>The same, where no other block is worked on.</summary>
    public byte[] DecodeAlone(int threads, ProgressMeter progress, CancellationToken cancellation) =>
        Explained(() => BlockDecoder.Decode(Source.Frame, Source.Block, Model, Dictionary, threads, progress, cancellation));

    /// <summary>The content of a block of tokens that were decoded elsewhere, verified.</summary>
    /// <param name="text">What the tokens come to.</param>
    /// <param name="error">What went wrong there; null for nothing.</param>
    /// <exception cref="InvalidDataException">The block is damaged.</exception>
    public byte[] Finish(TokenTextBuilder text, InvalidDataException? error) => Explained(() =>
    {
        if (error is not null)
            throw error;
        var content = BlockDecoder.ContentOf(Source.Block, text.ToArray());
        BlockDecoder.Verify(Source.Frame, Source.Block, content);
        return content;
    });

    /// <summary>Says of what is wrong with the block where the block is.</summary>
    private byte[] Explained(Func<byte[]> decode)
    {
        try
        {
            return decode();
        }
        catch (InvalidDataException e)
        {
            throw FormatReader.Invalid($"in the block that starts here, {e.Message}", Source.Offset, e);
        }
    }
}

using Compressor.Concurrency;
using Compressor.Container;
using Compressor.Payload;

namespace Compressor.Blocks;

/// <summary>A block, and the model and the dictionary that are needed to decode it, if any.</summary>
internal sealed record DecodableBlock(ParsedBlock Source, LanguageModel? Model, LmzDictionary? Dictionary)
{
    /// <param name="source">The block.</param>
    /// <param name="options">Which models there are.</param>
    /// <exception cref="ModelNotFoundException">The model is not at hand.</exception>
    /// <exception cref="DictionaryNotFoundException">The dictionary is not at hand.</exception>
    public static DecodableBlock For(ParsedBlock source, LmzDecompressionOptions options) =>
        TryFor(source, options, out var missing) ?? throw missing!;

    /// <param name="source">The block.</param>
    /// <param name="options">Which models there are.</param>
    /// <param name="missing">What is not at hand; null if nothing is.</param>
    /// <returns>Null if something is not at hand.</returns>
    public static DecodableBlock? TryFor(ParsedBlock source, LmzDecompressionOptions options, out IOException? missing)
    {
        missing = null;
        var header = source.Block.Header;
        var model = header.HasTokens ? options.Find(source.Frame.Models[header.ModelIndex], out missing) : null;
        var dictionary = header.IsPredicted && missing is null ? options.FindDictionary(source.Frame.DictionaryHash, out missing) : null;
        return missing is null ? new DecodableBlock(source, model, dictionary) : null;
    }

    /// <summary>The content of the block, verified.</summary>
    /// <param name="threads">How many threads may share the block's lanes.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Checked often.</param>
    /// <exception cref="InvalidDataException">The block is damaged.</exception>
    public byte[] Decode(int threads, ProgressMeter progress, CancellationToken cancellation) =>
        Located(() => DecodeUnlocated(threads, progress, cancellation));

    /// <summary>The same; the errors do not say where the block is.</summary>
    public byte[] DecodeUnlocated(int threads, ProgressMeter progress, CancellationToken cancellation) =>
        BlockDecoder.Decode(Source.Frame, Source.Block, Model, Dictionary, threads, progress, cancellation);

    /// <summary>The content of a block of tokens that were decoded elsewhere, verified.</summary>
    /// <param name="text">What the tokens come to.</param>
    /// <param name="error">What went wrong there; null for nothing.</param>
    /// <exception cref="InvalidDataException">The block is damaged.</exception>
    public byte[] Finish(TokenTextBuilder text, InvalidDataException? error) => Located(() =>
    {
        if (error is not null)
            throw error;
        var content = BlockDecoder.ContentOf(Source.Block, text.ToArray());
        BlockDecoder.Verify(Source.Frame, Source.Block, content);
        return content;
    });

    /// <summary>Adds to an error where the block is.</summary>
    private byte[] Located(Func<byte[]> decode)
    {
        try
        {
            return decode();
        }
        catch (InvalidDataException e)
        {
            throw FormatError.Malformed($"in the block that starts here, {e.Message}", Source.Offset, e);
        }
    }
}

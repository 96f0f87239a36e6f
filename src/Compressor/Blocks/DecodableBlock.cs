using Compressor.Concurrency;
using Compressor.Container;
using Compressor.Payload;

namespace Compressor.Blocks;

/// <summary>A block, and the model and the dictionary that are needed to decode it, if any.</summary>
internal sealed record DecodableBlock(ParsedBlock Source, LanguageModel? Model, LmzDictionary? Dictionary)
{
    /// <summary>The block whose body is coded, see <see cref="Block.Coded"/>.</summary>
    public Block Coded { get; } = Source.Block.Coded;

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
        var header = source.Block.Header.Coded;
        var model = header.HasTokens ? options.Find(source.Frame.Models[header.ModelIndex], out missing) : null;
        var dictionary = header.IsPredicted && missing is null ? options.FindDictionary(source.Frame.DictionaryHash, out missing) : null;
        return missing is null ? new DecodableBlock(source, model, dictionary) : null;
    }

    /// <summary>Decodes the block. It is verified, unless it repeats what was before: then completing it does that.</summary>
    /// <param name="threads">How many threads may share the block's lanes.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Checked often.</param>
    /// <exception cref="InvalidDataException">The block is damaged.</exception>
    public DecodedBlock Decode(int threads, ProgressMeter progress, CancellationToken cancellation) =>
        Located(() => DecodeUnlocated(threads, progress, cancellation));

    /// <summary>The same; the errors do not say where the block is.</summary>
    public DecodedBlock DecodeUnlocated(int threads, ProgressMeter progress, CancellationToken cancellation)
    {
        var part = progress.Begin(Source.Block.Header.ContentLength);
        var decoded = DecodedBlock.Of(this, BlockDecoder.Decode(Coded, Model, Dictionary, threads, part, cancellation));
        part.Reach(1, 1);
        return decoded;
    }

    /// <summary>The same of a block of tokens that were decoded elsewhere.</summary>
    /// <param name="text">What the tokens come to.</param>
    /// <param name="error">What went wrong there; null for nothing.</param>
    /// <exception cref="InvalidDataException">The block is damaged.</exception>
    public DecodedBlock Finish(TokenTextBuilder text, InvalidDataException? error) =>
        Located(() => error is null ? DecodedBlock.Of(this, BlockDecoder.ContentOf(Coded, text.ToArray())) : throw error);

    /// <summary>Adds to an error where the block is.</summary>
    public T Located<T>(Func<T> decode)
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

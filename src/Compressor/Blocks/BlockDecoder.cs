using Compressor.Concurrency;
using Compressor.Container;
using Compressor.Filters;
using Compressor.Payload;
using Compressor.Prediction.Mixing;

namespace Compressor.Blocks;

/// <summary>The way back of one block: payload → tokens or bytes → filter undone → content.</summary>
/// <param name="Source">The block, which may hold anything.</param>
/// <param name="Model">The block's model; null for a block without tokens.</param>
/// <param name="Dictionary">The frame's dictionary, if any; only a predicted block needs it.</param>
internal sealed record BlockDecoder(ParsedBlock Source, LanguageModel? Model, LmzDictionary? Dictionary)
{
    /// <summary>The block whose body is coded, see <see cref="Block.Coded"/>.</summary>
    public Block Coded { get; } = Source.Block.Coded;

    private BlockHeader Header => Coded.Header;

    /// <param name="source">The block.</param>
    /// <param name="options">Which models there are.</param>
    /// <exception cref="ModelNotFoundException">The model is not at hand.</exception>
    /// <exception cref="DictionaryNotFoundException">The dictionary is not at hand.</exception>
    public static BlockDecoder For(ParsedBlock source, LmzDecompressionOptions options) =>
        TryFor(source, options, out var missing) ?? throw missing!;

    /// <param name="source">The block.</param>
    /// <param name="options">Which models there are.</param>
    /// <param name="missing">What is not at hand; null if nothing is.</param>
    /// <returns>Null if something is not at hand.</returns>
    public static BlockDecoder? TryFor(ParsedBlock source, LmzDecompressionOptions options, out IOException? missing)
    {
        missing = null;
        var header = source.Block.Header.Coded;
        var model = header.Model is { } id ? options.Find(id, out missing) : null;
        var dictionary = header.IsPredicted && missing is null ? options.FindDictionary(source.Frame.DictionaryHash, out missing) : null;
        return missing is null ? new BlockDecoder(source, model, dictionary) : null;
    }

    /// <summary>What the range coder wrote of a predicted block.</summary>
    public static ReadOnlyMemory<byte> PayloadOf(Block block) => block.Body.AsMemory(block.Header.Filter.DataLength);

    /// <summary>How mixing is set up for a block; null for none.</summary>
    /// <exception cref="InvalidDataException">The tables are larger than the format allows for its length.</exception>
    public static MixingParameters? MixingOf(Block block, int dictionaryLength)
    {
        if (block.Header.Mixing is not { } mixing)
            return null;
        var most = MixingParameters.MaxTableBits((long)block.Header.ContentLength + dictionaryLength);
        return mixing.TableBits <= most
            ? new MixingParameters(ByteShape.OfCode(mixing.Profile, mixing.Stride), mixing.TableBits)
            : throw new InvalidDataException($"the size of the tables is {mixing.TableBits}, more than {most}");
    }

    /// <exception cref="InvalidDataException">The block or its content is not what was encoded.</exception>
    public static void Verify(FrameHeader frame, Block block, byte[] content)
    {
        if (!HasRightCheck(frame, block, content))
            throw new InvalidDataException("the check of the block does not match");
    }

    /// <summary>Whether the block and its content are what was encoded.</summary>
    public static bool HasRightCheck(FrameHeader frame, Block block, byte[] content) =>
        Block.CheckOver(frame, block.Header, block.Body, content) == block.Check;

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
        var content = Header.Type switch
        {
            LmzBlockType.Brotli => BrotliCoder.Decode(Coded.Body, Header.ContentLength),
            LmzBlockType.ContextMixing => ContentOf(DecodeBytes(part, cancellation)),
            LmzBlockType.Transformer or LmzBlockType.TransformerAndMixing or LmzBlockType.Learning => ContentOf(DecodeTokens(threads, part, null, cancellation)),
            _ => Coded.Body,
        };
        var decoded = DecodedBlock.Of(this, content);
        part.Reach(1, 1);
        return decoded;
    }

    /// <summary>The same of a block of tokens that were decoded elsewhere.</summary>
    /// <param name="text">What the tokens come to.</param>
    /// <param name="error">What went wrong there; null for nothing.</param>
    /// <exception cref="InvalidDataException">The block is damaged.</exception>
    public DecodedBlock Finish(TokenTextBuilder text, InvalidDataException? error) =>
        Located(() => error is null ? DecodedBlock.Of(this, ContentOf(text.ToArray())) : throw error);

    /// <summary>Decodes the block to see what its tokens cost.</summary>
    /// <param name="detailed">For so many tokens from the first, what was predicted is kept too.</param>
    /// <param name="threads">How many threads may share the block.</param>
    /// <param name="cancellation">Checked at every step.</param>
    /// <exception cref="InvalidDataException">The block is damaged.</exception>
    public LmzBlockAnalysis Analyze(int detailed, int threads, CancellationToken cancellation)
    {
        var info = LmzBlockInfo.Of(Source.Block.Header, Source.Offset);
        if (Model is null)
            return new LmzBlockAnalysis(info, Header.BodyLength, []);
        var observer = new TokenCostObserver(Model, Header.Tokens, detailed);
        Located(() => DecodeTokens(threads, new ProgressMeter(null).Begin(Header.ContentLength), observer, cancellation));
        return new LmzBlockAnalysis(info, Header.PayloadLength, observer.Costs);
    }

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

    private byte[] DecodeBytes(ProgressMeter.Part progress, CancellationToken cancellation)
    {
        if (Header.Samples is { } samples)
            return SampleCoder.Decode(PayloadOf(Coded), Header.ContentLength, SampleParameters.LayoutOf(samples), progress, cancellation);
        var first = Dictionary is null ? [] : Dictionary.Content;
        var mixing = MixingOf(Coded, first.Length)!.Value;
        return ByteCoder.Decode(PayloadOf(Coded), Header.TextLength, mixing, first, progress, cancellation);
    }

    private byte[] DecodeTokens(int threads, ProgressMeter.Part progress, ITokenObserver? observer, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(Model);
        var text = new TokenTextBuilder(Model.Tokenizer, Header.Lanes, Header.ContentLength);
        if (Header.Learning is { } learning)
        {
            if (!LearningCoder.CanLearn(Model))
                throw new InvalidDataException("the block's model learns, which the engine that runs it cannot");
            new LearningCoder(
                Model, new LaneLayout(Header.Tokens, Header.Lanes), MixingOf(Coded, Dictionary?.Content.Length ?? 0)!.Value, learning, Dictionary?.For(Model),
                threads, progress, cancellation).Decode(PayloadOf(Coded), Header.ContentLength, text.Append, observer);
            return text.ToArray();
        }

        TokenCoder.Decode(
            Model,
            PayloadOf(Coded),
            new LaneLayout(Header.Tokens, Header.Lanes),
            MixingOf(Coded, Dictionary?.Content.Length ?? 0),
            Header.ContentLength,
            Dictionary?.For(Model),
            threads,
            text.Append,
            progress,
            cancellation,
            observer);
        return text.ToArray();
    }

    /// <summary>The content of a predicted block, from what was predicted; not verified yet.</summary>
    /// <exception cref="InvalidDataException">It is not as long as the header says.</exception>
    private byte[] ContentOf(byte[] text)
    {
        var filter = Header.Filter;
        var content = new FilteredContent(text, filter, Coded.Body[..filter.DataLength]).Undo(Header.ContentLength);
        return content.Length == Header.ContentLength
            ? content
            : throw new InvalidDataException($"the content has {content.Length} bytes instead of {Header.ContentLength}");
    }
}

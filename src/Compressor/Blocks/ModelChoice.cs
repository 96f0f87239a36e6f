using Compressor.Blocks.Kinds;

namespace Compressor.Blocks;

/// <summary>
/// Which models a block may be made with: those that the caller gave, or of the built-in ones those for what the block looks like. A model is loaded when the
/// first block asks for it.
/// </summary>
/// <param name="given">What the caller gave, whatever the content is; none to choose.</param>
/// <param name="largest">How large a built-in model may be.</param>
/// <param name="find">Gives a built-in model by its name; null for one that is not installed.</param>
internal sealed class ModelChoice(IReadOnlyList<LanguageModel> given, ModelSize largest, Func<string, LanguageModel?> find)
{
    /// <summary>These models and no others.</summary>
    public static ModelChoice Of(params IReadOnlyList<LanguageModel> given) => new(given, ModelSize.Fast, _ => null);

    /// <summary>The models that may be best for a block, the likeliest first: all that were given, or those for what it looks like.</summary>
    /// <param name="text">The filtered content.</param>
    /// <param name="isSampled">Whether samples will tell: then those for other kinds are candidates too, unless it is Chinese for certain. A page is half text and half markup.</param>
    /// <exception cref="DirectoryNotFoundException">It is text, and no built-in model is installed.</exception>
    public IReadOnlyList<LanguageModel> For(ReadOnlySpan<byte> text, bool isSampled)
    {
        if (given is not [])
            return given;
        var (first, second) = TextKindClassifier.Classify(text);
        TextKind?[] kinds = isSampled && first is not (TextKind.NotText or TextKind.Chinese)
            ? [first, second, TextKind.English, TextKind.Code, TextKind.OtherLanguage] : [first, second];
        return [.. kinds.Select(BestFor).OfType<LanguageModel>().DistinctBy(model => model.Id)];
    }

    private LanguageModel? BestFor(TextKind? kind) => kind is null or TextKind.NotText
        ? null
        : BuiltInModels.For(kind.Value, largest).Select(model => find(model.Name)).FirstOrDefault(model => model is not null)
            ?? throw BuiltInModels.Missing(BuiltInModels.Fast);
}

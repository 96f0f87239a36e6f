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

    /// <summary>The models to try for a block, the likeliest first: all that were given, or one or two.</summary>
    /// <param name="text">The filtered content.</param>
    /// <exception cref="DirectoryNotFoundException">It is text, and no built-in model is installed.</exception>
    public IReadOnlyList<LanguageModel> For(ReadOnlySpan<byte> text)
    {
        if (given is not [])
            return given;
        var (first, second) = TextKindClassifier.Classify(text);
        return [.. ((TextKind?[])[first, second]).Select(BestFor).OfType<LanguageModel>().DistinctBy(model => model.Id)];
    }

    private LanguageModel? BestFor(TextKind? kind) => kind is null or TextKind.NotText
        ? null
        : BuiltInModels.For(kind.Value, largest).Select(model => find(model.Name)).FirstOrDefault(model => model is not null)
            ?? throw BuiltInModels.Missing(BuiltInModels.Fast);
}

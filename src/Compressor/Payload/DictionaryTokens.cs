using Compressor.Concurrency;
using Compressor.Prediction;

namespace Compressor.Payload;

/// <summary>A dictionary as a model sees it.</summary>
internal sealed class DictionaryTokens
{
    /// <summary>How many of its last tokens every lane's context starts with.</summary>
    private const int ContextLength = 256;

    private readonly SharedResult<ushort[]> _decisions;

    private DictionaryTokens(int[] tokens, ITokenModel model)
    {
        Tokens = tokens;
        _decisions = new SharedResult<ushort[]>(cancellation =>
        {
            var decisions = new ushort[tokens.Length * TokenPath.Bits(model.VocabularySize)];
            model.Score(tokens, [], decisions, cancellation);
            return decisions;
        });
    }

    /// <summary>All of it.</summary>
    public int[] Tokens { get; }

    /// <summary>[tokens, bits] what the model makes of it, as one lane; see <see cref="ITokenModel.Score"/>. Computed when first asked for.</summary>
    public ReadOnlySpan<ushort> Decisions(CancellationToken cancellation) => _decisions.Get(cancellation);

    /// <summary>The tokens that every lane's context starts with.</summary>
    public ReadOnlySpan<int> Context => Tokens.AsSpan(Math.Max(0, Tokens.Length - ContextLength));

    public static DictionaryTokens Of(ReadOnlySpan<byte> content, LanguageModel model)
    {
        var tokens = new List<int>(content.Length / 2);
        model.Tokenizer.Encode(content, tokens);
        return new DictionaryTokens([.. tokens], model.TokenModel);
    }
}

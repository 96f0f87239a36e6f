using Compressor.Concurrency;
using Compressor.Prediction;

namespace Compressor.Payload;

/// <summary>A dictionary as a model sees it.</summary>
internal sealed class DictionaryTokens
{
    /// <summary>How many of its last tokens every lane's context starts with.</summary>
    private const int ContextLength = 256;

    private readonly SharedResult<ushort[]> _decisions;

    private DictionaryTokens(int[] tokens, int length, LanguageModel model)
    {
        Tokens = tokens;
        Length = length;
        _decisions = new SharedResult<ushort[]>(cancellation =>
        {
            var tree = model.Vocabulary;
            var decisions = new ushort[tokens.Sum(token => tree.DecisionsOf(tree.RankOf(token)))];
            using var scorer = model.TokenModel.OpenScorer();
            var start = 0;
            scorer.Score(tokens, (i, distribution) =>
            {
                var rank = tree.RankOf(tokens[i]);
                var count = tree.DecisionsOf(rank);
                PathProbabilities.Follow(tree, rank, distribution, decisions.AsSpan(start, count));
                start += count;
            }, cancellation);
            return decisions;
        });
    }

    /// <summary>The length of the data in bytes.</summary>
    public int Length { get; }

    /// <summary>Ids of all its tokens.</summary>
    public int[] Tokens { get; }

    /// <summary>What the model makes of every decision of every token, as one lane. Computed when first asked for.</summary>
    public ReadOnlySpan<ushort> Decisions(CancellationToken cancellation) => _decisions.Get(cancellation);

    /// <summary>The tokens that every lane's context starts with.</summary>
    public ReadOnlyMemory<int> Context => Tokens.AsMemory(Math.Max(0, Tokens.Length - ContextLength));

    public static DictionaryTokens Of(ReadOnlySpan<byte> content, LanguageModel model)
    {
        var tokens = new List<int>(content.Length / 2);
        model.Tokenizer.Encode(content, tokens);
        return new DictionaryTokens([.. tokens], content.Length, model);
    }
}

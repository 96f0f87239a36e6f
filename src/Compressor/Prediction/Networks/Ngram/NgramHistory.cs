namespace Compressor.Prediction.Networks.Ngram;

/// <summary>One input token with the two before it.</summary>
internal readonly record struct NgramInput(int Token, int Previous, int BeforePrevious);

/// <summary>The last tokens of some lanes, which n-gram embeddings need beside the newest.</summary>
/// <param name="lanes">Lanes, all empty.</param>
internal sealed class NgramHistory(int lanes)
{
    private readonly (int Previous, int BeforePrevious)[] _last = NewLanes(lanes);

    /// <summary>Appends tokens to the first lanes.</summary>
    /// <param name="tokens">[lanes, rows], lane by lane.</param>
    /// <param name="lanes">Lanes that are appended to.</param>
    /// <param name="inputs">[lanes, rows] result.</param>
    public void Append(ReadOnlySpan<int> tokens, int lanes, Span<NgramInput> inputs)
    {
        var rows = tokens.Length / lanes;
        for (var lane = 0; lane < lanes; lane++)
        {
            var (previous, beforePrevious) = _last[lane];
            for (var i = lane * rows; i < (lane + 1) * rows; i++)
            {
                inputs[i] = new NgramInput(tokens[i], previous, beforePrevious);
                (previous, beforePrevious) = (tokens[i], previous);
            }
            _last[lane] = (previous, beforePrevious);
        }
    }

    /// <summary>Forgets all tokens.</summary>
    public void Clear() => _last.AsSpan().Fill((ModelConfig.BosToken, ModelConfig.BosToken));

    private static (int, int)[] NewLanes(int lanes)
    {
        var last = new (int, int)[lanes];
        last.AsSpan().Fill((ModelConfig.BosToken, ModelConfig.BosToken));
        return last;
    }
}

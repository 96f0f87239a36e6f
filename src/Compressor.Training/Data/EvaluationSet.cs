namespace Compressor.Training.Data;

/// <summary>
/// Held-out text cut into batches for measuring bits per byte. Windows overlap by half and only the second half of each
/// counts, so that every target has at least half a window of context, much as the coder's sliding window gives.
/// </summary>
internal static class EvaluationSet
{
    /// <summary>The same share of the start of every document, so that all together have at most <paramref name="maxBytes"/>.</summary>
    public static List<TextDocument> Sample(IReadOnlyList<TextDocument> documents, long maxBytes)
    {
        var total = documents.Sum(d => (long)d.Text.Length);
        return [.. documents.Select(d => d with { Text = d.Text[..(int)(total <= maxBytes ? d.Text.Length : d.Text.Length * maxBytes / total)] })];
    }

    /// <summary>Batches in which every token of the corpus is a counted target exactly once.</summary>
    public static IEnumerable<Batch> Batches(TokenCorpus corpus, int sequences, int length)
    {
        var starts = WindowStarts(corpus.Tokens, length).ToArray();
        foreach (var chunk in starts.Chunk(sequences))
        {
            var batch = new Batch(chunk.Length, length);
            for (var row = 0; row < chunk.Length; row++)
                FillRow(corpus.Tokens, chunk[row], batch.Inputs.AsSpan(row * length, length), batch.Targets.AsSpan(row * length, length));
            yield return batch;
        }
    }

    /// <summary>(first token, end of its document, first target that counts) of every window.</summary>
    private static List<(int Start, int End, int FirstCounted)> WindowStarts(ReadOnlySpan<ushort> tokens, int length)
    {
        var windows = new List<(int, int, int)>();
        var stride = Math.Max(1, length / 2);
        for (var document = 0; document < tokens.Length;)
        {
            var start = document + 1; // after BOS
            var size = tokens[start..].IndexOf((ushort)ModelConfig.BosToken);
            var end = size < 0 ? tokens.Length : start + size;
            for (var counted = start; counted < end; start += stride)
            {
                windows.Add((start, end, counted));
                counted = start + length;
            }

            document = end;
        }

        return windows;
    }

    private static void FillRow(ReadOnlySpan<ushort> tokens, (int Start, int End, int FirstCounted) window, Span<long> inputs, Span<long> targets)
    {
        for (var t = 0; t < inputs.Length; t++)
        {
            var position = window.Start + t;
            inputs[t] = t == 0 || position > window.End ? ModelConfig.BosToken : tokens[position - 1];
            targets[t] = position < window.End && position >= window.FirstCounted ? tokens[position] : Batch.Ignored;
        }
    }
}

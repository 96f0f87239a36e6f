using Compressor.Training.Data;

namespace Compressor.Training.Model;

/// <summary>Some sequences of a batch as tensors, Int64, one after the other.</summary>
/// <param name="Length">Tokens in a sequence, T.</param>
/// <param name="Tokens">[n].</param>
/// <param name="Ngrams">Rows of <see cref="StepWeights.Ngrams"/>, [n] per table.</param>
/// <param name="Targets">[n], <see cref="Batch.Ignored"/> where there is none.</param>
internal sealed record BatchPart(int Length, Tensor Tokens, Tensor[] Ngrams, Tensor Targets)
{
    /// <summary>
    /// Tokens of a part: enough to keep a core busy with every product, few enough that what lies between two of them stays in its cache.
    /// </summary>
    private const int MaxTokens = 1024;

    /// <summary>The first sequences of the parts of a batch, and how many sequences a part has, the last perhaps fewer.</summary>
    /// <param name="sequences">Sequences in the batch.</param>
    /// <param name="length">Tokens in each.</param>
    /// <param name="workers">Who share the parts.</param>
    public static int SizeOf(int sequences, int length, int workers) =>
        Math.Clamp(MaxTokens / length, 1, Math.Max(1, sequences / workers));

    /// <summary>Sequences <paramref name="first"/> and on.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="ngrams">What each of its positions looks up, [tables][sequences · length].</param>
    /// <param name="first">The first sequence.</param>
    /// <param name="most">How many at most.</param>
    public static BatchPart Of(Batch batch, long[][] ngrams, int first, int most)
    {
        var range = (first * batch.Length)..(Math.Min(batch.Sequences, first + most) * batch.Length);
        return new BatchPart(batch.Length, torch.tensor(batch.Inputs[range]), [.. ngrams.Select(n => torch.tensor(n[range]))], torch.tensor(batch.Targets[range]));
    }
}

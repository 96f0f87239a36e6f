using Compressor.Symbols;

namespace Compressor.Training.Data;

/// <summary>A kind of text that a run is measured on.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Corpus">Its tokens.</param>
internal sealed record HeldOutText(string Name, TokenCorpus Corpus)
{
    /// <summary>A taste of long folders is enough to follow a run: so many bytes of all kinds together.</summary>
    private const long MaxBytes = 1 << 19;

    /// <summary>Tokenizes samples of folders, the same share of each for its kind; wrapped lines are joined, as the codec does it.</summary>
    /// <param name="kinds">Name and documents of each kind.</param>
    /// <param name="tokenizer">The model's.</param>
    /// <param name="threads">How many to use.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static List<HeldOutText> Create(IReadOnlyList<(string Name, List<TextDocument> Documents)> kinds, Tokenizer tokenizer, int threads,
        CancellationToken cancellationToken)
    {
        var texts = new List<HeldOutText>(kinds.Count);
        foreach (var (name, documents) in kinds)
        {
            var sample = EvaluationSet.Sample([.. documents.Select(document => document.WithoutLineBreaks())], MaxBytes / kinds.Count);
            texts.Add(new HeldOutText(name, TokenCorpus.Create(sample, tokenizer, threads, cancellationToken)));
        }

        return texts;
    }
}

/// <summary>What held-out text cost: one kind, or all of them.</summary>
/// <param name="Name">The kind.</param>
/// <param name="Bytes">How much text it is.</param>
/// <param name="BitsPerByte">What a byte costs.</param>
internal readonly record struct HeldOutCost(string Name, long Bytes, double BitsPerByte)
{
    /// <summary>Bits per byte of all kinds together.</summary>
    public static double Of(IReadOnlyList<HeldOutCost> costs) => costs.Sum(c => c.BitsPerByte * c.Bytes) / costs.Sum(c => c.Bytes);
}

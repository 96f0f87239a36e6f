using System.Security.Cryptography;
using Compressor.Symbols;
using Compressor.Training.Data;
using Compressor.Training.Tokenization;

namespace Compressor.Benchmarks.Claim;

/// <summary>The text of an experiment: a sample of a folder, as documents and as tokens.</summary>
internal sealed class ClaimText
{
    private const int MaxTokenLength = 32;

    public ClaimText(IReadOnlyList<TextDocument> documents, Tokenizer tokenizer)
    {
        Documents = documents;
        Tokenizer = tokenizer;
        Corpus = TokenCorpus.Create(documents, tokenizer, Environment.ProcessorCount);
    }

    public IReadOnlyList<TextDocument> Documents { get; }

    public Tokenizer Tokenizer { get; }

    public TokenCorpus Corpus { get; }

    /// <summary>All documents, one after the other.</summary>
    public byte[] Bytes => [.. Documents.SelectMany(d => d.Text)];

    /// <summary>SHA-256 over the text.</summary>
    public string Fingerprint => Convert.ToHexStringLower(SHA256.HashData(Bytes));

    /// <summary>The same share of the start of every document of a folder, <paramref name="maxBytes"/> in all.</summary>
    /// <exception cref="IOException">The folder is missing.</exception>
    public static List<TextDocument> Sample(string folder, long maxBytes) => EvaluationSet.Sample(TextFolder.Read(folder), maxBytes);

    /// <summary>A tokenizer of exactly <paramref name="vocabularySize"/> tokens, or fewer where the text repeats too little.</summary>
    public static Tokenizer Learn(IEnumerable<TextDocument> documents, int vocabularySize)
    {
        var preTokens = new PreTokenCounts();
        foreach (var document in documents) preTokens.AddText(document.Text);
        (int, int)[] merges = BpeTrainer.Train(preTokens, vocabularySize, MaxTokenLength);
        int unit = ModelConfig.Unit, size = (Tokenizer.FirstMerge + merges.Length) / unit * unit;
        return new Tokenizer(merges[..Math.Max(0, size - Tokenizer.FirstMerge)]);
    }
}

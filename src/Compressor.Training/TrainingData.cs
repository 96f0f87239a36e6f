using System.Security.Cryptography;
using System.Text;
using Compressor.Symbols;
using Compressor.Training.Data;
using Compressor.Training.Tokenization;

namespace Compressor.Training;

/// <summary>The text of a run: read, and then tokenized.</summary>
internal sealed class TrainingData
{
    /// <summary>The tokenizer is learned from at most this much text, spread evenly.</summary>
    private const long TokenizerSampleBytes = 60_000_000;

    private const int SampleChunk = 1 << 16;

    private readonly List<TextDocument> _documents = [];

    /// <exception cref="IOException">A folder is missing or cannot be read.</exception>
    /// <exception cref="InvalidDataException">A folder holds no text.</exception>
    public TrainingData(IReadOnlyList<string> folders, Action<string> note)
    {
        foreach (string folder in folders)
        {
            var documents = TextFolder.Read(folder, note);
            for (int i = 0; i < documents.Count; i++)
                _documents.AddRange(DocumentVariants.Of(documents[i], i));
        }

        Bytes = _documents.Sum(d => (long)d.Text.Length);
    }

    public int Files => _documents.Count;

    public long Bytes { get; }

    /// <summary>SHA-256 over all documents and their lengths.</summary>
    public string Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var document in _documents)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{document.Text.Length}\n"));
            hash.AppendData(document.Text);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>
    /// Learns a tokenizer of at most <paramref name="vocabularySize"/> tokens: fewer if the text does not have that many
    /// repeated pairs, but always a multiple of <see cref="ModelConfig.Unit"/>.
    /// </summary>
    /// <exception cref="InvalidDataException">The text has hardly any repeated pair.</exception>
    public Tokenizer LearnTokenizer(int vocabularySize, int maxTokenLength, CancellationToken cancellationToken)
    {
        var preTokens = new PreTokenCounts();
        long chunks = 0, taken = 0;
        foreach (var document in _documents)
        {
            for (int start = 0; start < document.Text.Length; start += SampleChunk)
            {
                cancellationToken.ThrowIfCancellationRequested();
                chunks++;
                if (Bytes > TokenizerSampleBytes && taken * Bytes >= chunks * TokenizerSampleBytes)
                    continue;
                taken++;
                preTokens.AddText(document.Text.AsSpan(start, Math.Min(SampleChunk, document.Text.Length - start)));
            }
        }

        var merges = BpeTrainer.Train(preTokens, vocabularySize, maxTokenLength, cancellationToken);
        int size = (Tokenizer.FirstMerge + merges.Length) / ModelConfig.Unit * ModelConfig.Unit;
        return size > Tokenizer.FirstMerge
            ? new Tokenizer(merges[..(size - Tokenizer.FirstMerge)])
            : throw new InvalidDataException($"the training data repeats too little to learn a tokenizer from: {Bytes} bytes");
    }

    public TokenCorpus Tokenize(Tokenizer tokenizer, int threads, CancellationToken cancellationToken) =>
        TokenCorpus.Create(_documents, tokenizer, threads, cancellationToken);
}

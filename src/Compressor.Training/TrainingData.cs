using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Compressor.Symbols;
using Compressor.Training.Data;
using Compressor.Training.Tokenization;

namespace Compressor.Training;

/// <summary>The text of a run, folder by folder: read, and then tokenized.</summary>
internal sealed class TrainingData
{
    /// <summary>The tokenizer is learned from at most this much text: a sample of the mixture, spread evenly over each folder.</summary>
    private const long TokenizerSampleBytes = 60_000_000;

    private const int SampleChunk = 1 << 16;

    private readonly List<(DataFolder Folder, List<TextDocument> Documents)> _parts = [];

    /// <param name="folders">What to read; one is given once.</param>
    /// <param name="exclusions">What is left out of them.</param>
    /// <param name="note">Is told what was left out and how much there is.</param>
    /// <exception cref="IOException">A folder is missing or cannot be read.</exception>
    /// <exception cref="InvalidDataException">A folder holds no text.</exception>
    public TrainingData(IReadOnlyList<DataFolder> folders, Exclusions exclusions, Action<string> note)
    {
        foreach (var folder in folders)
        {
            var files = exclusions.Filter(TextFolder.Read(folder.Path, note), note);
            if (files.Count == 0)
                throw new InvalidDataException($"all text in the data folder '{folder.Path}' is excluded");
            List<TextDocument> documents = [];
            for (var i = 0; i < files.Count; i++)
                documents.AddRange(DocumentVariants.Of(files[i], i));
            _parts.Add((folder, documents));
            if (folders.Count > 1)
                note($"{folder}: {documents.Count} files, {BytesIn(documents)} bytes");
        }
    }

    /// <summary>Files in all folders.</summary>
    public int Files => _parts.Sum(p => p.Documents.Count);

    /// <summary>Bytes of text in all folders, whatever their weights.</summary>
    public long Bytes => _parts.Sum(p => BytesIn(p.Documents));

    /// <summary>SHA-256 over all documents and their lengths, and the weights that are not 1.</summary>
    public string Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (folder, documents) in _parts)
        {
            if (folder.Hundredths != 100)
                hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"weight {folder.Hundredths}\n")));
            foreach (var document in documents)
            {
                hash.AppendData(Encoding.UTF8.GetBytes($"{document.Text.Length}\n"));
                hash.AppendData(document.Text);
            }
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
        // A folder of weight 2 gives twice as much of its text, or all of it twice. Weighted bytes are in hundredths.
        Int128 all = 0;
        foreach (var (folder, documents) in _parts)
            all += (Int128)BytesIn(documents) * folder.Hundredths;
        var sample = Int128.Min(all, (Int128)TokenizerSampleBytes * 100);
        var preTokens = new PreTokenCounts();
        foreach (var (folder, documents) in _parts)
            AddSample(preTokens, documents, folder.Hundredths * sample, all * 100, cancellationToken);

        var merges = BpeTrainer.Train(preTokens, vocabularySize, maxTokenLength, cancellationToken);
        var size = (Tokenizer.FirstMerge + merges.Length) / ModelConfig.Unit * ModelConfig.Unit;
        return size > Tokenizer.FirstMerge
            ? new Tokenizer(merges[..(size - Tokenizer.FirstMerge)])
            : throw new InvalidDataException($"the training data repeats too little to learn a tokenizer from: {Bytes} bytes");
    }

    /// <summary>The documents as tokens, a stream for each folder.</summary>
    public TokenMixture Tokenize(Tokenizer tokenizer, int threads, CancellationToken cancellationToken) =>
        new(_parts.Select(p => (TokenCorpus.Create(p.Documents, tokenizer, threads, cancellationToken), p.Folder.Hundredths)));

    private static long BytesIn(List<TextDocument> documents) => documents.Sum(d => (long)d.Text.Length);

    /// <summary>Counts pre-tokens of a folder's chunks, each <paramref name="times"/> / <paramref name="of"/> times on average.</summary>
    private static void AddSample(PreTokenCounts preTokens, List<TextDocument> documents, Int128 times, Int128 of, CancellationToken cancellationToken)
    {
        Int128 due = 0;
        foreach (var document in documents)
        {
            for (var start = 0; start < document.Text.Length; start += SampleChunk)
            {
                cancellationToken.ThrowIfCancellationRequested();
                for (due += times; due >= of; due -= of)
                    preTokens.AddText(document.Text.AsSpan(start, Math.Min(SampleChunk, document.Text.Length - start)));
            }
        }
    }
}

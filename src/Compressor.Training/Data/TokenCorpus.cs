using Compressor.Symbols;

namespace Compressor.Training.Data;

/// <summary>
/// Documents as one stream of tokens with a beginning-of-sequence token before each document, and the number of bytes
/// that they stand for, so that losses can be stated per byte of text.
/// </summary>
internal sealed class TokenCorpus
{
    private readonly ushort[] _tokens;

    private TokenCorpus(ushort[] tokens, int documents, long bytes)
    {
        _tokens = tokens;
        TextTokens = tokens.Length - documents;
        ByteCount = bytes;
    }

    /// <summary>The stream: BOS, first document, BOS, second document …</summary>
    public ReadOnlySpan<ushort> Tokens => _tokens;

    /// <summary>Bytes of text behind the stream.</summary>
    public long ByteCount { get; }

    /// <summary>Tokens that stand for text: all but the BOS of each document.</summary>
    public long TextTokens { get; }

    /// <summary>Tokenizes <paramref name="documents"/>; the work is spread over <paramref name="threads"/>, the order is theirs.</summary>
    public static TokenCorpus Create(IReadOnlyList<TextDocument> documents, Tokenizer tokenizer, int threads,
        CancellationToken cancellationToken = default)
    {
        var encoded = new ushort[documents.Count][];
        var options = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken };
        Parallel.For(0, documents.Count, options, i => encoded[i] = Encode(tokenizer, documents[i].Text));
        var tokens = new ushort[encoded.Sum(e => e.Length + 1)];
        var position = 0;
        foreach (var document in encoded)
        {
            tokens[position++] = ModelConfig.BosToken;
            document.CopyTo(tokens, position);
            position += document.Length;
        }

        return new TokenCorpus(tokens, documents.Count, documents.Sum(d => (long)d.Text.Length));
    }

    private static ushort[] Encode(Tokenizer tokenizer, byte[] text)
    {
        var ids = new List<int>(text.Length / 2);
        tokenizer.Encode(text, ids);
        var tokens = new ushort[ids.Count];
        for (var i = 0; i < tokens.Length; i++)
            tokens[i] = (ushort)ids[i];
        return tokens;
    }
}

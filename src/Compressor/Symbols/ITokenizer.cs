namespace Compressor.Symbols;

/// <summary>Byte strings ↔ tokens. Any byte string has tokens and comes back from them. Immutable; shared by threads.</summary>
internal interface ITokenizer
{
    /// <summary>Ids, from 0.</summary>
    int VocabularySize { get; }

    /// <summary>The bytes that a token stands for; none for a token that never occurs in data.</summary>
    ReadOnlySpan<byte> BytesOf(int id);

    /// <summary>Appends the tokens of <paramref name="data"/> to <paramref name="tokens"/>.</summary>
    void Encode(ReadOnlySpan<byte> data, List<int> tokens);
}

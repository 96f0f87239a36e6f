using Compressor.Symbols;

namespace Compressor.Payload;

/// <summary>The text that the tokens of a block come to, gathered lane by lane.</summary>
/// <param name="tokenizer">Knows the bytes of a token.</param>
/// <param name="lanes">The block's lanes.</param>
/// <param name="maxBytes">A text is never longer than the content that it stands for.</param>
internal sealed class TokenTextBuilder(ITokenizer tokenizer, int lanes, int maxBytes)
{
    private readonly List<byte>[] _lanes = [.. Enumerable.Range(0, lanes).Select(_ => new List<byte>())];
    private int _length;

    /// <summary>Appends the next token of a lane.</summary>
    /// <exception cref="InvalidDataException">It has no bytes, or too many.</exception>
    public void Append(int lane, int token)
    {
        var bytes = tokenizer.BytesOf(token);
        _length += bytes.Length;
        if (bytes.IsEmpty || _length > maxBytes)
            throw new InvalidDataException("the tokens are not those of the content");
        _lanes[lane].AddRange(bytes);
    }

    public byte[] ToArray()
    {
        var text = new byte[_length];
        var rest = text.AsSpan();
        foreach (var lane in _lanes)
        {
            lane.CopyTo(rest);
            rest = rest[lane.Count..];
        }

        return text;
    }
}

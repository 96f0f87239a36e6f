using System.Text;
using System.Text.RegularExpressions;

namespace Compressor.Symbols;

/// <summary>
/// The byte-pair encoding of somebody else's model: over bytes, as GPT-2, Llama 3 and Qwen have it, or over characters with tokens for single bytes, as Llama 2 has it.
/// </summary>
/// <remarks>
/// Nothing is lost, whatever comes: a piece of text whose tokens do not stand for its bytes is coded in tokens of single bytes. Nothing is normalised, and no space is put
/// before the text. Tokens that stand for no text (start and end of a sequence, and the like) never occur: what looks like them is text.
/// </remarks>
internal sealed class ImportedTokenizer : ITokenizer
{
    private readonly byte[][] _spellings;
    private readonly int[] _byteTokens = new int[256];
    private readonly Dictionary<string, int>? _characters;   // single characters, where text starts as characters; null where it starts as bytes
    private readonly Dictionary<string, int>? _whole;        // tokens of whole pieces, where those need no merges
    private readonly RankedMerges _merges;
    private readonly IReadOnlyList<Regex> _splits;
    private readonly (byte[] Text, int Token)[] _added;      // the longest first
    private readonly bool _cutAtSpaces;

    /// <param name="vocabulary">What a <c>tokenizer.json</c> says.</param>
    /// <exception cref="ArgumentException">A byte has no token.</exception>
    public ImportedTokenizer(ImportedVocabulary vocabulary)
    {
        _spellings = vocabulary.Spellings;
        _merges = new RankedMerges(vocabulary.Merges);
        _splits = vocabulary.Splits;
        _added = [.. vocabulary.Added.Select(token => (_spellings[token], token)).OrderByDescending(added => added.Item1.Length)];
        _byteTokens.AsSpan().Fill(-1);
        for (var id = 0; id < _spellings.Length; id++)
        {
            if (_spellings[id].Length == 1) _byteTokens[_spellings[id][0]] = id;
        }
        var missing = Array.IndexOf(_byteTokens, -1);
        if (missing >= 0) throw new ArgumentException($"no token stands for byte 0x{missing:X2}, so not every text can be coded");
        _characters = vocabulary.OfCharacters ? Where(spelling => Encoding.UTF8.GetCharCount(spelling) <= 2) : null;
        _whole = vocabulary.IgnoreMerges ? Where(_ => true) : null;
        _cutAtSpaces = _splits.Count == 0 && !_spellings.Any(HasSpaceAfterText);
    }

    /// <inheritdoc/>
    public int VocabularySize => _spellings.Length;

    /// <inheritdoc/>
    public ReadOnlySpan<byte> BytesOf(int id) => _spellings[id];

    /// <inheritdoc/>
    public void Encode(ReadOnlySpan<byte> data, List<int> tokens)
    {
        var start = 0;
        for (var i = 0; i < data.Length && _added.Length > 0;)
        {
            var (text, token) = AddedAt(data[i..]);
            if (text is null)
            {
                i++;
                continue;
            }
            EncodeText(data[start..i], tokens);
            tokens.Add(token);
            start = i += text.Length;
        }
        EncodeText(data[start..], tokens);
    }

    private (byte[]? Text, int Token) AddedAt(ReadOnlySpan<byte> data)
    {
        foreach (var added in _added)
        {
            if (data.StartsWith(added.Text)) return added;
        }
        return (null, 0);
    }

    /// <summary>Goes through runs of valid UTF-8; bytes between them are tokens of their own.</summary>
    private void EncodeText(ReadOnlySpan<byte> data, List<int> tokens)
    {
        while (!data.IsEmpty)
        {
            var valid = System.Text.Unicode.Utf8.IsValid(data) ? data.Length : ValidLength(data);
            if (valid > 0) EncodeValid(data[..valid], tokens);
            if (valid < data.Length) tokens.Add(_byteTokens[data[valid++]]);
            data = data[valid..];
        }
    }

    private static int ValidLength(ReadOnlySpan<byte> data)
    {
        var length = 0;
        while (length < data.Length && Rune.DecodeFromUtf8(data[length..], out _, out var consumed) == System.Buffers.OperationStatus.Done) length += consumed;
        return length;
    }

    private void EncodeValid(ReadOnlySpan<byte> data, List<int> tokens)
    {
        if (_splits.Count == 0)
        {
            while (_cutAtSpaces && CutAtSpace(data) is var cut and > 0)
            {
                EncodePiece(data[..cut], tokens);
                data = data[cut..];
            }
            EncodePiece(data, tokens);
            return;
        }
        var text = Encoding.UTF8.GetString(data);
        foreach (var (from, to) in Cut(text)) EncodePiece(Encoding.UTF8.GetBytes(text[from..to]), tokens);
    }

    /// <summary>The pieces that the patterns cut text into, one pattern after the other.</summary>
    private List<(int From, int To)> Cut(string text)
    {
        List<(int From, int To)> pieces = [(0, text.Length)];
        foreach (var split in _splits)
        {
            var cut = new List<(int From, int To)>(pieces.Count);
            foreach (var (from, to) in pieces)
            {
                // A piece is a text of its own: what a pattern looks ahead to ends with it.
                var reached = from;
                foreach (var match in split.EnumerateMatches(text.AsSpan(from, to - from)))
                {
                    var at = from + match.Index;
                    if (at > reached) cut.Add((reached, at));
                    if (match.Length > 0) cut.Add((at, at + match.Length));
                    reached = at + match.Length;
                }
                if (reached < to) cut.Add((reached, to));
            }
            pieces = cut;
        }
        return pieces;
    }

    private void EncodePiece(ReadOnlySpan<byte> piece, List<int> tokens)
    {
        var first = tokens.Count;
        if (_whole is not null && _whole.TryGetValue(Encoding.Latin1.GetString(piece), out var whole))
        {
            tokens.Add(whole);
            return;
        }
        var symbols = new int[piece.Length];
        var count = _characters is null ? BytesAsTokens(piece, symbols) : CharactersAsTokens(piece, symbols);
        count = _merges.Merge(symbols.AsSpan(0, count));
        tokens.AddRange(symbols.AsSpan(0, count));

        // Whatever the file says: what comes out must be what went in.
        var rest = piece;
        for (var i = first; i < tokens.Count; i++)
        {
            var bytes = BytesOf(tokens[i]);
            if (bytes.IsEmpty || !rest.StartsWith(bytes)) break;
            rest = rest[bytes.Length..];
        }
        if (rest.IsEmpty) return;
        tokens.RemoveRange(first, tokens.Count - first);
        foreach (var value in piece) tokens.Add(_byteTokens[value]);
    }

    private int BytesAsTokens(ReadOnlySpan<byte> piece, Span<int> symbols)
    {
        for (var i = 0; i < piece.Length; i++) symbols[i] = _byteTokens[piece[i]];
        return piece.Length;
    }

    private int CharactersAsTokens(ReadOnlySpan<byte> piece, Span<int> symbols)
    {
        var count = 0;
        while (!piece.IsEmpty)
        {
            Rune.DecodeFromUtf8(piece, out _, out var length);
            if (_characters!.TryGetValue(Encoding.Latin1.GetString(piece[..length]), out var token)) symbols[count++] = token;
            else count += BytesAsTokens(piece[..length], symbols[count..]);
            piece = piece[length..];
        }
        return count;
    }

    private Dictionary<string, int> Where(Func<byte[], bool> wanted)
    {
        var result = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var id = 0; id < _spellings.Length; id++)
        {
            if (_spellings[id].Length > 0 && wanted(_spellings[id])) result.TryAdd(Encoding.Latin1.GetString(_spellings[id]), id);
        }
        return result;
    }

    /// <summary>Where no token has a space after something else, no merge crosses the start of a run of spaces.</summary>
    private static int CutAtSpace(ReadOnlySpan<byte> data)
    {
        for (var i = 1; i < data.Length; i++)
        {
            if (data[i] == ' ' && data[i - 1] != ' ') return i;
        }
        return 0;
    }

    private static bool HasSpaceAfterText(byte[] spelling) => CutAtSpace(spelling) > 0;
}

namespace Compressor.Filters;

/// <summary>
/// Walks through the gaps of a text: single spaces between words, and line breaks that could have been one. A word is a run of bytes
/// other than space and line feed.
/// </summary>
/// <remarks>
/// A line break is a gap if the next line has the prefix, perhaps an empty one, that is predicted for it (<see cref="LinePrefix"/>),
/// and both lines have words after their prefixes. Spaces within a prefix are no gaps. In a text whose breaks were written as spaces the walk
/// meets the same gaps with the same columns, if it is told of each space that was a break. A column counts characters of UTF-8, in any other bytes
/// something like them: all bytes but those of the form 10xxxxxx.
/// </remarks>
internal ref struct TextGaps
{
    private readonly ReadOnlySpan<byte> _text;
    private LinePrefix _prefix;
    private int _bodyStart, _position, _column;

    public TextGaps(ReadOnlySpan<byte> text)
    {
        _text = text;
        SkipPrefix(LinePrefix.Of(text));
    }

    /// <summary>Where the gap is.</summary>
    public int Start { get; private set; }

    /// <summary>Where the word after it starts.</summary>
    public int Next { get; private set; }

    /// <summary>The column where that word ends if the gap is a space.</summary>
    public int WordEnd { get; private set; }

    /// <summary>Whether the gap is a line break.</summary>
    public bool IsBreak { get; private set; }

    /// <summary>Goes on to the next gap; false if there is none.</summary>
    public bool MoveNext()
    {
        while (_position < _text.Length)
        {
            var i = _position++;
            switch (_text[i])
            {
                case (byte)' ':
                    _column++;
                    if (!IsGap(_text, i))
                        break;
                    (Start, Next, IsBreak) = (i, i + 1, false);
                    WordEnd = _column + WordLength(_text[Next..]);
                    return true;

                case (byte)'\n':
                    var text = i > _bodyStart;
                    var prefix = LinePrefix.Of(_text[_position..]);
                    var continues = text && IsWord(_text[i - 1]) && prefix.SequenceEqual(_prefix.Continuation);
                    var wordStart = _column + 1;
                    _prefix.Begin(prefix, text);
                    SkipPrefix(prefix);
                    if (!continues || _position == _text.Length || !IsWord(_text[_position]))
                        break;
                    (Start, Next, IsBreak) = (i, _position, true);
                    WordEnd = wordStart + WordLength(_text[Next..]);
                    return true;

                default:
                    _column += StartsCharacter(_text[i]) ? 1 : 0;
                    break;
            }
        }

        return false;
    }

    /// <summary>Takes the gap, a space, for a line break; the next line has the prefix that is predicted for it.</summary>
    /// <returns>The prefix.</returns>
    public ReadOnlySpan<byte> BreakLine()
    {
        var prefix = _prefix.Continuation;
        _prefix.Begin(prefix, Start > _bodyStart);
        _bodyStart = Next;
        _column = Characters(prefix);
        return prefix;
    }

    /// <summary>Whether the space at <paramref name="index"/> is between two words.</summary>
    private static bool IsGap(ReadOnlySpan<byte> text, int index) =>
        index > 0 && index + 1 < text.Length && IsWord(text[index - 1]) && IsWord(text[index + 1]);

    /// <summary>The characters of the word that starts here.</summary>
    private static int WordLength(ReadOnlySpan<byte> text)
    {
        var length = text.IndexOfAny((byte)' ', (byte)'\n');
        return Characters(length < 0 ? text : text[..length]);
    }

    /// <summary>The characters of <paramref name="bytes"/>.</summary>
    private static int Characters(ReadOnlySpan<byte> bytes)
    {
        var count = 0;
        foreach (var value in bytes)
            count += StartsCharacter(value) ? 1 : 0;
        return count;
    }

    /// <summary>Whether a byte is not a later one of a character.</summary>
    private static bool StartsCharacter(byte value) => (value & 0xC0) != 0x80;

    private void SkipPrefix(ReadOnlySpan<byte> prefix)
    {
        _bodyStart = _position += prefix.Length;
        _column = Characters(prefix);
    }

    private static bool IsWord(byte value) => value is not ((byte)' ' or (byte)'\n');
}

namespace Compressor.Blocks.Kinds;

/// <summary>What is counted in a sample of text. All integers, so that the same sample gives the same numbers everywhere.</summary>
internal sealed class TextFeatures
{
    /// <summary>Numbers of <see cref="Shares"/>.</summary>
    public const int Count = 11;

    /// <summary>Longer words are in no list.</summary>
    private const int MaxKnownWord = 16;

    private int _words, _english, _otherLanguages, _keywords, _identifiers;
    private int _tags, _attributes, _values, _statements, _operators, _digits, _rows, _lines;
    private int _latinBeyondAscii;

    /// <param name="text">The sample.</param>
    public TextFeatures(string text)
    {
        Length = text.Length;
        CountCharacters(text);
        CountWords(text);
        CountRows(text);
    }

    /// <summary>UTF-16 units.</summary>
    public int Length { get; }

    /// <summary>Control characters that text has no use for, and bytes that are no UTF-8.</summary>
    public int Strange { get; private set; }

    /// <summary>Letters of ASCII.</summary>
    public int AsciiLetters { get; private set; }

    /// <summary>Chinese characters, of Chinese or Japanese.</summary>
    public int Han { get; private set; }

    /// <summary>Japanese syllables and Korean letters.</summary>
    public int KanaAndHangul { get; private set; }

    /// <summary>Letters of other scripts: Greek, Cyrillic, Hebrew, Arabic, those of India and so on.</summary>
    public int OtherLetters { get; private set; }

    /// <summary>
    /// What weights are for: shares of words and characters in thousandths, those of rare signs times 8, each at most 255. In order:
    /// English words, words and letters of other languages, tags, keywords, operators, digits, quoted values, lines that end like
    /// statements, identifiers of several words, attributes, rows with as many fields as the row before.
    /// </summary>
    public int[] Shares()
    {
        var letters = AsciiLetters + _latinBeyondAscii;
        return
        [
            Share(_english, _words), Capped(Share(_otherLanguages, _words) + 3 * Share(_latinBeyondAscii, letters)), Share(8 * _tags, Length),
            Share(_keywords, _words), Share(_operators, Length), Share(_digits, Length), Share(8 * _values, Length), Share(8 * _statements, Length),
            Share(_identifiers, _words), Share(8 * _attributes, Length), Share(_rows, _lines),
        ];
    }

    private static int Share(int part, int all) => all == 0 ? 0 : Capped((int)(1000L * part / all));

    private static int Capped(int value) => Math.Min(255, value);

    private void CountCharacters(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            char c = text[i], next = i + 1 < text.Length ? text[i + 1] : '\0';
            if (c >= 0x80)
                CountForeign(c);
            else if (char.IsAsciiLetter(c))
                AsciiLetters++;
            else if (char.IsAsciiDigit(c))
                _digits++;
            else if (c is < ' ' and not ('\t' or '\n' or '\r' or '\f' or '\e') or '\x7F')
                Strange++;
            else if ("(){}[];=#$".Contains(c, StringComparison.Ordinal))
                _operators++;

            if (c == '<' && (char.IsAsciiLetter(next) || next is '/' or '!' or '?'))
                _tags++;
            else if (c == '=' && next is '"' or '\'')
                _attributes++;
            else if (c == '"' && FirstAfterSpaces(text, i + 1) is ':' or ',' or ']' or '}')
                _values++;
            else if (c is ';' or '{' or '}' or '(' or ')' or ',' && next is '\n' or '\r')
                _statements++;
        }
    }

    private void CountForeign(char c)
    {
        switch (c)
        {
            case '\uFFFD': Strange++; break;
            case >= '\u00C0' and <= '\u024F': _latinBeyondAscii++; break;
            case >= '\u0370' and < '\u2000': OtherLetters++; break;
            case >= '\u3040' and <= '\u30FF' or >= '\uAC00' and <= '\uD7AF': KanaAndHangul++; break;
            case >= '\u3400' and <= '\u9FFF': Han++; break;
        }
    }

    private static char FirstAfterSpaces(string text, int at)
    {
        while (at < text.Length && text[at] is ' ')
            at++;
        return at < text.Length ? text[at] : '\0';
    }

    private void CountWords(string text)
    {
        var english = KnownWords.English.GetAlternateLookup<ReadOnlySpan<char>>();
        var others = KnownWords.OtherLanguages.GetAlternateLookup<ReadOnlySpan<char>>();
        var code = KnownWords.Code.GetAlternateLookup<ReadOnlySpan<char>>();
        Span<char> lower = stackalloc char[MaxKnownWord];
        for (var start = 0; start < text.Length;)
        {
            if (!StartsWord(text[start]))
            {
                start++;
                continue;
            }

            var end = start + 1;
            while (end < text.Length && (StartsWord(text[end]) || char.IsAsciiDigit(text[end])))
                end++;
            var word = text.AsSpan(start, end - start);
            start = end;
            _words++;
            if (IsIdentifier(word))
                _identifiers++;
            if (word.Length > MaxKnownWord)
                continue;
            for (var i = 0; i < word.Length; i++)
                lower[i] = char.IsAsciiLetterUpper(word[i]) ? (char)(word[i] | 0x20) : word[i];
            var inLower = lower[..word.Length];
            if (english.Contains(inLower))
                _english++;
            else if (others.Contains(inLower))
                _otherLanguages++;
            if (code.Contains(word))
                _keywords++;
        }
    }

    private static bool StartsWord(char c) => char.IsAsciiLetter(c) || c == '_' || c is >= '\u00C0' and <= '\u024F';

    /// <summary>snake_case, camelCase or PascalCase of several words; not CAPITALS.</summary>
    private static bool IsIdentifier(ReadOnlySpan<char> word)
    {
        bool lower = false, capitalInside = false;
        for (var i = 0; i < word.Length; i++)
        {
            if (word[i] == '_')
                return true;
            lower |= char.IsAsciiLetterLower(word[i]);
            capitalInside |= i > 0 && char.IsAsciiLetterUpper(word[i]);
        }

        return lower && capitalInside;
    }

    /// <summary>Rows of a table: at least three fields, and as many as the line before.</summary>
    private void CountRows(string text)
    {
        var before = 0;
        foreach (var range in text.AsSpan().Split('\n'))
        {
            var line = text.AsSpan(range);
            var separators = line.Count(',') + line.Count('\t');
            if (separators >= 2 && separators == before)
                _rows++;
            before = separators;
            _lines++;
        }
    }
}

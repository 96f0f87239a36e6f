namespace Compressor.Symbols;

/// <summary>
/// Cuts bytes into the pre-tokens that byte-pair merges never cross: words, numbers, punctuation, line ends, white space.
/// </summary>
/// <remarks>
/// Works on bytes, so that any input has pre-tokens; every byte of a multi-byte UTF-8 character counts as a letter.
/// At each position the first rule that fits decides:
/// <list type="number">
/// <item>a run of letters, with one space or apostrophe before it (so "don't" is "don" + "'t");</item>
/// <item>up to three digits, with one space before them;</item>
/// <item>a run of other visible (or control) bytes, with one space before it;</item>
/// <item>a run of carriage returns and line feeds;</item>
/// <item>a run of other white space, without its last space when something visible follows.</item>
/// </list>
/// No pre-token is longer than <see cref="MaxPreTokenLength"/>; a cut never falls inside a UTF-8 character.
/// </remarks>
internal static class PreTokenizer
{
    /// <summary>The longest pre-token, and so the longest token, in bytes.</summary>
    public const int MaxPreTokenLength = 64;

    /// <summary>The same rules, but for the length limit, as a regular expression over characters.</summary>
    public const string Pattern =
        @"[ ']?[A-Za-z\x{80}-\x{10FFFF}]+| ?[0-9]{1,3}| ?[^A-Za-z0-9\x{80}-\x{10FFFF}\t-\r ]+|[\r\n]+" +
        @"|[ \t\x{0B}\f]+(?= [^\t-\r ])|[ \t\x{0B}\f]+";

    private const int MaxDigits = 3;

    private enum ByteClass : byte
    {
        Other,
        Letter,
        Digit,
        LineEnd,
        Blank,
    }

    private static readonly ByteClass[] Classes = ClassifyBytes();

    /// <summary>The length of the pre-token at the start of <paramref name="data"/>, which must not be empty.</summary>
    public static int FirstPreTokenLength(ReadOnlySpan<byte> data)
    {
        var first = ClassOf(data[0]);
        var second = data.Length > 1 ? ClassOf(data[1]) : ByteClass.Blank;
        var prefixed = data[0] == ' ' || (data[0] == '\'' && second == ByteClass.Letter);
        if (prefixed && second is ByteClass.Letter or ByteClass.Digit or ByteClass.Other)
            return RunLength(data, 1, second);
        if (first != ByteClass.Blank)
            return RunLength(data, 0, first);

        var length = RunLength(data, 0, ByteClass.Blank);
        var visibleFollows = length < data.Length && ClassOf(data[length]) is not (ByteClass.Blank or ByteClass.LineEnd);
        return length > 1 && visibleFollows && data[length - 1] == ' ' ? length - 1 : length;
    }

    /// <summary>The end of the run of <paramref name="wanted"/> bytes that begins at <paramref name="start"/>.</summary>
    private static int RunLength(ReadOnlySpan<byte> data, int start, ByteClass wanted)
    {
        var limit = wanted == ByteClass.Digit ? start + MaxDigits : MaxPreTokenLength;
        var end = start + 1;
        while (end < data.Length && end < limit && ClassOf(data[end]) == wanted)
            end++;

        if (end == MaxPreTokenLength && wanted == ByteClass.Letter)
            end = CharacterBorder(data, end);
        return end;
    }

    /// <summary>Moves a cut back to the start of the UTF-8 character that it would split.</summary>
    private static int CharacterBorder(ReadOnlySpan<byte> data, int end)
    {
        const int MaxCharacter = 4;
        for (var cut = end; cut > end - MaxCharacter; cut--)
        {
            var insideCharacter = cut < data.Length && (data[cut] & 0xC0) == 0x80;
            if (!insideCharacter)
                return cut;
        }

        return end; // not UTF-8 at all
    }

    private static ByteClass ClassOf(byte value) => Classes[value];

    private static ByteClass[] ClassifyBytes()
    {
        var classes = new ByteClass[256];
        for (var value = 0; value < classes.Length; value++)
        {
            classes[value] = value switch
            {
                >= 0x80 or (>= 'A' and <= 'Z') or (>= 'a' and <= 'z') => ByteClass.Letter,
                >= '0' and <= '9' => ByteClass.Digit,
                '\n' or '\r' => ByteClass.LineEnd,
                ' ' or '\t' or '\v' or '\f' => ByteClass.Blank,
                _ => ByteClass.Other,
            };
        }

        return classes;
    }
}

using System.Buffers;

namespace Compressor.Filters;

/// <summary>
/// What a line begins with before its first word: an indent, or the marks of a comment, a quotation or a list. Predicts what the next line
/// begins with if this one is wrapped, so that it need not be stored.
/// </summary>
/// <remarks>
/// After a line that itself follows a line of text, the next begins as it did. The first line of a paragraph may have an indent of its own, so
/// after it the next begins as the last line did that followed a line of text.
/// </remarks>
internal ref struct LinePrefix
{
    private const int MaxBytes = 32;
    private static readonly SearchValues<byte> Marks = SearchValues.Create(" \t#%*-/;>|"u8);

    private ReadOnlySpan<byte> _afterText;   // prefix of the last line after a line of text

    /// <summary>What the next line starts with if the current one is wrapped.</summary>
    public ReadOnlySpan<byte> Continuation { readonly get; private set; }

    /// <summary>The prefix of a line: its first bytes, at head 32, as far as they are marks.</summary>
    public static ReadOnlySpan<byte> Of(ReadOnlySpan<byte> line)
    {
        var head = line[..Math.Min(line.Length, MaxBytes)];
        var length = head.IndexOfAnyExcept(Marks);
        return length < 0 ? head : head[..length];
    }

    /// <summary>Goes on to the next line.</summary>
    /// <param name="prefix">Its prefix.</param>
    /// <param name="afterText">Whether the line before has more than its own.</param>
    public void Begin(ReadOnlySpan<byte> prefix, bool afterText)
    {
        if (afterText)
            _afterText = prefix;
        Continuation = _afterText;
    }
}

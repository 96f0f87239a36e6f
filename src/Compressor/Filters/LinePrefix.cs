using System.Buffers;

namespace Compressor.Filters;

/// <summary>
/// How lines begin before their words do: with an indent, or the marks of a comment, a quotation or a list. Tells what a line that is
/// wrapped goes on with, so that it need not be written.
/// </summary>
/// <remarks>
/// A line that comes after text goes on as it began. One that starts a paragraph may be indented for that: it goes on as the
/// last line did that came after text.
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

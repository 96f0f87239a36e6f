using System.Text;

namespace Compressor.Blocks.Kinds;

/// <summary>A few kilobytes of content, taken from all over it: what a file begins with is often a licence and not what it is about.</summary>
internal static class TextSample
{
    /// <summary>How many pieces, and how many bytes each.</summary>
    public const int Pieces = 4, PieceLength = 2048;

    /// <summary>
    /// The sample as text: all of short content, else pieces spread evenly from the first to the last byte, with a line end between
    /// them. Every byte that is no part of valid UTF-8 becomes U+FFFD; characters that a piece's edge cuts are left out.
    /// </summary>
    public static string Of(ReadOnlySpan<byte> content)
    {
        if (content.Length <= Pieces * PieceLength)
            return Encoding.UTF8.GetString(content);
        var text = new StringBuilder(Pieces * (PieceLength + 1));
        for (var piece = 0; piece < Pieces; piece++)
        {
            var start = (int)((long)(content.Length - PieceLength) * piece / (Pieces - 1));
            text.Append(Encoding.UTF8.GetString(WholeCharacters(content.Slice(start, PieceLength)))).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>Without continuation bytes in front (at most three) and without a character that is cut off at the end.</summary>
    private static ReadOnlySpan<byte> WholeCharacters(ReadOnlySpan<byte> piece)
    {
        var skip = 0;
        while (skip < 3 && (piece[skip] & 0xC0) == 0x80)
            skip++;
        piece = piece[skip..];
        for (var back = 1; back <= 3; back++)
        {
            var lead = piece[^back];
            if ((lead & 0xC0) == 0x80)
                continue;
            var length = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
            return length > back ? piece[..^back] : piece;
        }

        return piece;
    }
}

using System.Text;

namespace Compressor.Symbols;

/// <summary>
/// The printable character that stands for each byte in tokenizer files, as GPT-2 introduced it: printable Latin-1
/// characters stand for themselves, the other 68 bytes for U+0100 onwards. So a token is text and contains no space.
/// </summary>
internal static class ByteAlphabet
{
    private static readonly string Characters = Create();

    /// <summary>The character of one byte.</summary>
    public static char CharacterOf(byte value) => Characters[value];

    /// <summary>The characters of a byte string.</summary>
    public static string TextOf(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        foreach (var value in bytes)
            text.Append(CharacterOf(value));
        return text.ToString();
    }

    /// <summary>The bytes that characters stand for; none if one stands for no byte.</summary>
    public static byte[] BytesOf(string text)
    {
        var bytes = new byte[text.Length];
        for (var i = 0; i < text.Length; i++)
        {
            var value = Characters.IndexOf(text[i]);
            if (value < 0)
                return [];
            bytes[i] = (byte)value;
        }

        return bytes;
    }

    private static string Create()
    {
        var characters = new char[256];
        var next = 0x100;
        for (var value = 0; value < 256; value++)
        {
            var printable = value is (>= 0x21 and <= 0x7E) or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
            characters[value] = (char)(printable ? value : next++);
        }

        return new string(characters);
    }
}

namespace Compressor.Container;

/// <summary>
/// Unsigned numbers below 2^63 in 1 to 9 bytes (LEB128): seven bits a byte, the lowest first, the high bit set on all
/// but the last. Every number has one form: the last byte is not 0 unless it is the only one.
/// </summary>
internal static class Varint
{
    public const int MaxLength = 9;

    private const byte More = 0x80;

    public static void Write(List<byte> destination, long value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        for (; value >= More; value >>= 7)
            destination.Add((byte)(value | More));
        destination.Add((byte)value);
    }

    /// <summary>Reads the number at the start of <paramref name="source"/>.</summary>
    /// <returns>The number of bytes read.</returns>
    /// <exception cref="InvalidDataException">The number is cut off, too long, or not in its one form.</exception>
    public static int Read(ReadOnlySpan<byte> source, out long value)
    {
        value = 0;
        for (var i = 0; i < source.Length && i < MaxLength; i++)
        {
            value |= (long)(source[i] & ~More) << (7 * i);
            if ((source[i] & More) == 0)
            {
                return source[i] != 0 || i == 0
                    ? i + 1
                    : throw new InvalidDataException("a number has more bytes than it needs");
            }
        }

        throw new InvalidDataException(source.Length < MaxLength ? "the data ends inside a number" : "a number is 2^63 or more");
    }
}

using System.Buffers;

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
    /// <returns>
    /// <see cref="OperationStatus.Done"/>; <see cref="OperationStatus.NeedMoreData"/> if the number is cut off;
    /// <see cref="OperationStatus.InvalidData"/> if it is too long or not in its one form.
    /// </returns>
    public static OperationStatus TryRead(ReadOnlySpan<byte> source, out long value, out int length)
    {
        (value, length) = (0, 0);
        while (length < source.Length && length < MaxLength)
        {
            var next = source[length];
            value |= (long)(next & ~More) << (7 * length++);
            if ((next & More) == 0)
                return next != 0 || length == 1 ? OperationStatus.Done : OperationStatus.InvalidData;
        }

        return length < MaxLength ? OperationStatus.NeedMoreData : OperationStatus.InvalidData;
    }

    /// <summary>Reads the number at the start of <paramref name="source"/>.</summary>
    /// <returns>The number of bytes read.</returns>
    /// <exception cref="InvalidDataException">The number is cut off, too long, or not in its one form.</exception>
    public static int Read(ReadOnlySpan<byte> source, out long value) => TryRead(source, out value, out var length) switch
    {
        OperationStatus.Done => length,
        OperationStatus.NeedMoreData => throw new InvalidDataException("the data ends inside a number"),
        _ => throw new InvalidDataException("a number is 2^63 or more, or has more bytes than it needs"),
    };
}

using System.Buffers;
using System.Buffers.Binary;

namespace Compressor.Container;

/// <summary>
/// Reads the fields of a header from bytes in memory. The first error is kept; every field after it reads as its lowest value, and nothing is thrown.
/// So a header is read from its first field to its last as if all were well, and whoever reads it looks at <see cref="Error"/> once, at the end.
/// </summary>
/// <param name="bytes">The bytes, which may end inside the header.</param>
/// <param name="offset">Where the first of them is in the data.</param>
internal sealed class FormatReader(ReadOnlyMemory<byte> bytes, long offset)
{
    private int _lastField; // where the field starts that was read last

    /// <summary>How many bytes were read.</summary>
    public int Position { get; private set; }

    /// <summary>Where the next byte is in the data.</summary>
    public long Offset => offset + Position;

    /// <summary>What is wrong with the fields so far; null for nothing.</summary>
    public FormatError? Error { get; private set; }

    public byte ReadByte(string what) => ReadBytes(1, what) is [var value] ? value : (byte)0;

    /// <summary>Reads a variable-length number in [min, max].</summary>
    /// <returns>The number; <paramref name="min"/> after an error.</returns>
    public long ReadNumber(string what, long min, long max)
    {
        if (Error is not null)
            return min;
        _lastField = Position;
        var status = Varint.TryRead(bytes.Span[Position..], out var value, out var length);
        if (status == OperationStatus.NeedMoreData)
            EndsInside(what);
        else if (status == OperationStatus.InvalidData)
            Fail($"{what}: the number is 2^63 or more, or has more bytes than it needs");
        else if (value < min || value > max)
            Fail($"{what} is {value}, not within {min} to {max}");
        if (Error is not null)
            return min;
        Position += length;
        return value;
    }

    /// <summary>Reads a check: four bytes, little-endian.</summary>
    public uint ReadCheck(string what) => ReadBytes(Crc32C.Length, what) is { IsEmpty: false } value ? BinaryPrimitives.ReadUInt32LittleEndian(value) : 0;

    /// <summary>Reads the start of a hash: eight bytes, big-endian.</summary>
    public ulong ReadHash(string what) => ReadBytes(sizeof(ulong), what) is { IsEmpty: false } value ? BinaryPrimitives.ReadUInt64BigEndian(value) : 0;

    /// <summary>Notes that the field that was read last is not as the format has it.</summary>
    public void Fail(string what) => Fail(what, offset + _lastField);

    /// <summary>Notes that what starts at an offset is not as the format has it.</summary>
    public void Fail(string what, long at) => Error ??= new FormatError(FormatErrorKind.Malformed, what, at);

    /// <summary>Notes that the data ends where something must follow.</summary>
    public void EndsEarly(string what) => Error ??= new FormatError(FormatErrorKind.EndsEarly, what, Offset);

    private void EndsInside(string what) => EndsEarly($"the data ends inside the {what}");

    /// <returns>The bytes; none after an error.</returns>
    private ReadOnlySpan<byte> ReadBytes(int count, string what)
    {
        if (Error is null && bytes.Length - Position < count)
            EndsInside(what);
        if (Error is not null)
            return [];
        _lastField = Position;
        Position += count;
        return bytes.Span.Slice(Position - count, count);
    }
}

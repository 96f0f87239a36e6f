using System.Buffers;
using System.Buffers.Binary;
using Compressor.Container;

namespace Compressor.Records;

/// <summary>
/// What a container is made of after its header: a marker of four bytes that says whether it is a group or an index, the length of the body as a number, the
/// check over all else, and the body.
/// </summary>
/// <param name="IsIndex">Whether it is an index; else a group.</param>
/// <param name="Offset">Where it starts.</param>
/// <param name="BodyOffset">Where its body does.</param>
/// <param name="BodyLength">In bytes.</param>
/// <param name="Check">As it is written.</param>
internal readonly record struct RecordChunk(bool IsIndex, long Offset, long BodyOffset, int BodyLength, uint Check)
{
    /// <summary>The longest start, up to the body.</summary>
    public const int MaxStartLength = 4 + Varint.MaxLength + Crc32C.Length;

    /// <summary>The longest body: a group of the longest records, incompressible, with all that belongs to each.</summary>
    public const int MaxBodyLength = 1 << 26;

    /// <summary>The length of a marker.</summary>
    public const int MarkerLength = 4;

    public static ReadOnlySpan<byte> GroupMarker => [0xFE, (byte)'g', 0xC1, 0x96];

    public static ReadOnlySpan<byte> IndexMarker => [0xFE, (byte)'i', 0xC1, 0x69];

    /// <summary>Where what follows starts.</summary>
    public long End => BodyOffset + BodyLength;

    /// <summary>The bytes of a chunk.</summary>
    public static byte[] Format(bool isIndex, List<byte> body)
    {
        var start = new List<byte>([.. isIndex ? IndexMarker : GroupMarker]);
        Varint.Write(start, body.Count);
        var check = default(Crc32C);
        check.Append([.. start]);
        byte[] rest = [.. body];
        check.Append(rest);
        Span<byte> field = stackalloc byte[Crc32C.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(field, check.Value);
        return [.. start, .. field, .. rest];
    }

    /// <summary>Reads the start of the chunk at an offset.</summary>
    /// <param name="bytes">The bytes from there on: <see cref="MaxStartLength"/>, or all that there are.</param>
    /// <param name="offset">The offset.</param>
    /// <param name="error">What is wrong.</param>
    /// <returns>The chunk; null with an error.</returns>
    public static RecordChunk? Parse(ReadOnlySpan<byte> bytes, long offset, out string? error)
    {
        error = null;
        var isIndex = bytes.StartsWith(IndexMarker);
        if (!isIndex && !bytes.StartsWith(GroupMarker))
        {
            error = bytes.Length < MarkerLength ? "the data ends inside a group's marker" : "no group of records starts here";
            return null;
        }

        var status = Varint.TryRead(bytes[MarkerLength..], out var length, out var size);
        if (status == OperationStatus.InvalidData || (status == OperationStatus.Done && length > MaxBodyLength))
        {
            error = "the length of a group is not possible";
            return null;
        }

        var start = MarkerLength + size + Crc32C.Length;
        if (status != OperationStatus.Done || bytes.Length < start)
        {
            error = "the data ends inside the start of a group";
            return null;
        }

        return new RecordChunk(isIndex, offset, offset + start, (int)length, BinaryPrimitives.ReadUInt32LittleEndian(bytes[(start - Crc32C.Length)..]));
    }

    /// <summary>Whether the check is that of a body.</summary>
    public bool IsOf(ReadOnlySpan<byte> body)
    {
        var start = new List<byte>([.. IsIndex ? IndexMarker : GroupMarker]);
        Varint.Write(start, BodyLength);
        var check = default(Crc32C);
        check.Append([.. start]);
        check.Append(body);
        return check.Value == Check;
    }

    public static uint CheckOf(ReadOnlySpan<byte> bytes)
    {
        var check = default(Crc32C);
        check.Append(bytes);
        return check.Value;
    }

    /// <summary>The exception of data that does not follow the format.</summary>
    public static InvalidDataException Invalid(string what, long offset, Exception? cause = null) =>
        new($"Invalid container of records at offset {offset}: {what}.", cause);
}

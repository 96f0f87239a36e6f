using System.Buffers.Binary;
using Compressor.Container;

namespace Compressor.Records;

/// <summary>The parts of a group's body.</summary>
internal sealed class RecordGroupBody
{
    private readonly int[] _starts;       // [count + 1] of the messages, where records are independent
    private readonly long[] _keys;        // [count], or none
    private readonly ReadOnlyMemory<byte> _checks;

    private RecordGroupBody(RecordGroup group, int[] starts, long[] keys, ReadOnlyMemory<byte> checks, ReadOnlyMemory<byte> messages)
    {
        (Group, _starts, _keys, _checks, Messages) = (group, starts, keys, checks, messages);
    }

    public RecordGroup Group { get; }

    /// <summary>All messages.</summary>
    public ReadOnlyMemory<byte> Messages { get; }

    /// <exception cref="InvalidDataException">The body does not follow the format.</exception>
    public static RecordGroupBody Parse(ReadOnlyMemory<byte> body, long offset, RecordFileHeader header)
    {
        var reader = new FormatReader(body, offset);
        var group = RecordGroup.Read(reader, header.Keyed);

        // Each record has a byte here at least, so what is asked for is not more than there is.
        var least = group.Count * ((header.Together ? 0 : 1) + (header.Keyed ? 2 : 0) + (header.CheckRecords ? Crc32C.Length : 0));
        if (reader.Error is null && body.Length - reader.Position < least)
            reader.EndsEarly("the group ends before what it says of its records");
        if (reader.Error is not null)
            throw RecordChunk.Invalid(reader.Error.What, reader.Error.Offset);
        var starts = ReadStarts(reader, header.Together ? 0 : group.Count, body.Length);
        var keys = new long[header.Keyed ? group.Count : 0];
        for (var i = 0; i < keys.Length; i++)
            keys[i] = unchecked(RecordGroup.ReadKey(reader) + group.MinKey);
        var checks = header.CheckRecords ? group.Count * Crc32C.Length : 0;
        var messages = body.Length - reader.Position - checks;
        if (reader.Error is null && (messages < 0 || (!header.Together && starts[^1] != messages)))
            reader.Fail("the messages of a group are not as long as it says", offset);
        if (reader.Error is not null)
            throw RecordChunk.Invalid(reader.Error.What, reader.Error.Offset);
        return new RecordGroupBody(group, starts, keys, body.Slice(reader.Position, checks), body[(reader.Position + checks)..]);
    }

    /// <summary>The message of an independent record.</summary>
    public ReadOnlyMemory<byte> MessageOf(int index) => Messages[_starts[index].._starts[index + 1]];

    /// <summary>The key of a record; 0 where there are none.</summary>
    public long KeyOf(int index) => _keys.Length == 0 ? 0 : _keys[index];

    /// <summary>A record, if it is as its check says.</summary>
    /// <exception cref="InvalidDataException">It is not.</exception>
    public ReadOnlySpan<byte> Checked(ReadOnlySpan<byte> record, int index)
    {
        if (!_checks.IsEmpty && BinaryPrimitives.ReadUInt32LittleEndian(_checks.Span[(index * Crc32C.Length)..]) != RecordChunk.CheckOf(record))
            throw new InvalidDataException($"record {Group.First + index} is not as its check says");
        return record;
    }

    private static int[] ReadStarts(FormatReader reader, int count, int most)
    {
        var starts = new int[count + 1];
        for (var i = 0; i < count; i++)
            starts[i + 1] = starts[i] + (int)reader.ReadNumber("length of a record's message", 0, most - starts[i]);
        return starts;
    }
}

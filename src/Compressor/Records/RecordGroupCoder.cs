using System.Buffers.Binary;
using Compressor.Container;
using Compressor.RangeCoding;

namespace Compressor.Records;

/// <summary>
/// Records ↔ the body of a group: its head, the length of each record's message where they are independent, the key of each, the check of each, and the messages;
/// or one message for all.
/// </summary>
internal sealed class RecordGroupCoder(RecordFileHeader header, PreparedDictionary dictionary)
{
    public RecordFileHeader Header => header;

    /// <summary>Codes records as a chunk.</summary>
    /// <param name="first">The number of the first.</param>
    /// <param name="records">At least one.</param>
    /// <param name="keys">Those of the records; empty where the container has none.</param>
    /// <param name="group">The head.</param>
    public byte[] Encode(long first, IReadOnlyList<byte[]> records, IReadOnlyList<long> keys, out RecordGroup group)
    {
        group = new RecordGroup(first, records.Count, records.Sum(r => (long)r.Length), keys.DefaultIfEmpty().Min(), keys.DefaultIfEmpty().Max());
        var body = new List<byte>();
        group.Write(body, header.Keyed);
        var messages = new List<byte>();
        var model = dictionary.Rent(RoomFor(group));
        try
        {
            EncodeMessages(model, records, body, messages);
        }
        finally
        {
            dictionary.Return(model);
        }

        foreach (var key in keys)
            RecordGroup.WriteKey(body, unchecked(key - group.MinKey));
        if (header.CheckRecords)
        {
            Span<byte> field = stackalloc byte[Crc32C.Length];
            foreach (var record in records)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(field, RecordChunk.CheckOf(record));
                body.AddRange(field);
            }
        }

        body.AddRange(messages);
        return RecordChunk.Format(false, body);
    }

    /// <summary>Decodes some records of a group.</summary>
    /// <param name="body">The body of its chunk, whose check is right.</param>
    /// <param name="offset">Where that starts.</param>
    /// <param name="from">The first record, from 0.</param>
    /// <param name="count">How many; independent ones are decoded alone, of others also all before.</param>
    /// <exception cref="InvalidDataException">The body does not follow the format.</exception>
    public (byte[] Record, long Key)[] Decode(ReadOnlyMemory<byte> body, long offset, int from, int count)
    {
        var parts = RecordGroupBody.Parse(body, offset, header);
        var results = new (byte[], long)[count];
        var model = dictionary.Rent(RoomFor(parts.Group));
        try
        {
            var together = header.Together ? new RangeDecoder(parts.Messages) : null;
            var length = 0L;
            for (var i = header.Together ? 0 : from; i < from + count; i++)
            {
                var record = model.Decode(together ?? new RangeDecoder(parts.MessageOf(i)));
                length += record.Length;
                if (length > parts.Group.ContentLength)
                    throw new InvalidDataException("the records are longer than the group says");
                if (i >= from)
                    results[i - from] = (parts.Checked(record, i).ToArray(), parts.KeyOf(i));
                if (!header.Together)
                    model.Reset();
            }

            if (from + count == parts.Group.Count && (header.Together || from == 0) && length != parts.Group.ContentLength)
                throw new InvalidDataException("the records are shorter than the group says");
        }
        catch (InvalidDataException e)
        {
            throw RecordChunk.Invalid($"records {parts.Group.First} to {parts.Group.End - 1}: {e.Message.TrimEnd('.')}", offset, e);
        }
        finally
        {
            dictionary.Return(model);
        }

        return results;
    }

    private void EncodeMessages(RecordModel model, IReadOnlyList<byte[]> records, List<byte> body, List<byte> messages)
    {
        if (header.Together)
        {
            var encoder = new RangeEncoder();
            foreach (var record in records)
                model.Encode(record, encoder);
            messages.AddRange(encoder.Finish());
            return;
        }

        foreach (var record in records)
        {
            var message = model.EncodeAlone(record);
            Varint.Write(body, message.Length);
            messages.AddRange(message);
            model.Reset();
        }
    }

    private static int RoomFor(RecordGroup group) => checked((int)(group.ContentLength + group.Count));
}

using System.Buffers.Binary;
using Compressor.Container;

namespace Compressor.Records;

/// <summary>
/// The groups since the index before: the body of a chunk that is written when a writer is done. It ends in its own length and the marker again, so that it is found from
/// the end of the container.
/// </summary>
/// <param name="Previous">Where the index before starts; 0 for none.</param>
/// <param name="Groups">The groups, in their order.</param>
internal sealed record RecordIndex(long Previous, IReadOnlyList<StoredGroup> Groups)
{
    /// <summary>The length of what ends an index.</summary>
    public const int TrailerLength = sizeof(uint) + RecordChunk.MarkerLength;

    /// <summary>The most groups of one index.</summary>
    public const int MaxGroups = 1 << 20;

    /// <summary>The chunk.</summary>
    public byte[] ToBytes(bool keyed)
    {
        var body = new List<byte>();
        Varint.Write(body, Previous);
        Varint.Write(body, Groups.Count);
        var end = 0L;
        foreach (var (group, chunk) in Groups)
        {
            Varint.Write(body, chunk.Offset - end);
            Varint.Write(body, chunk.BodyOffset - chunk.Offset);
            Varint.Write(body, chunk.BodyLength);
            body.AddRange(CheckBytes(chunk.Check));
            group.Write(body, keyed);
            end = chunk.End;
        }

        body.AddRange(CheckBytes((uint)(body.Count + TrailerLength)));
        body.AddRange(RecordChunk.IndexMarker);
        return RecordChunk.Format(true, body);
    }

    /// <summary>Where the index starts that ends a container; 0 if none does.</summary>
    /// <param name="trailer">The last <see cref="TrailerLength"/> bytes.</param>
    /// <param name="end">The length of the container.</param>
    public static long FindLast(ReadOnlySpan<byte> trailer, long end)
    {
        if (trailer.Length < TrailerLength || !trailer[sizeof(uint)..].SequenceEqual(RecordChunk.IndexMarker))
            return 0;
        var length = BinaryPrimitives.ReadUInt32LittleEndian(trailer);
        var size = new List<byte>();
        Varint.Write(size, length);
        return Math.Max(0, end - length - Crc32C.Length - size.Count - RecordChunk.MarkerLength);
    }

    /// <summary>Reads the body of an index, whose check is right; null if it does not follow the format.</summary>
    public static RecordIndex? Parse(ReadOnlyMemory<byte> body, RecordChunk index, bool keyed)
    {
        var reader = new FormatReader(body, index.BodyOffset);
        var previous = reader.ReadNumber("previous index", 0, index.Offset);
        var count = reader.ReadNumber("number of groups", 0, Math.Min(MaxGroups, body.Length));
        var groups = new List<StoredGroup>();
        var end = 0L;
        for (var i = 0; i < count && reader.Error is null; i++)
        {
            var offset = end + reader.ReadNumber("offset of a group", 0, index.Offset - end);
            var start = reader.ReadNumber("length of its start", 0, RecordChunk.MaxStartLength);
            var length = reader.ReadNumber("length of its body", 0, RecordChunk.MaxBodyLength);
            var check = reader.ReadCheck("its check");
            var chunk = new RecordChunk(false, offset, offset + start, (int)length, check);
            groups.Add(new StoredGroup(RecordGroup.Read(reader, keyed), chunk));
            end = chunk.End;
            if (end > index.Offset)
                return null;
        }

        return reader.Error is null && body.Length - reader.Position == TrailerLength ? new RecordIndex(previous, groups) : null;
    }

    private static byte[] CheckBytes(uint value)
    {
        var bytes = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }
}

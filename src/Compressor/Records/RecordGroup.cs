using Compressor.Container;

namespace Compressor.Records;

/// <summary>The head of a group, by which it is found: what numbers and keys its records have.</summary>
/// <param name="First">The number of the first record.</param>
/// <param name="Count">How many records there are, at least 1.</param>
/// <param name="ContentLength">How many bytes they have together.</param>
/// <param name="MinKey">The least key; 0 where there are none.</param>
/// <param name="MaxKey">The greatest.</param>
internal readonly record struct RecordGroup(long First, int Count, long ContentLength, long MinKey, long MaxKey)
{
    /// <summary>The longest head in bytes.</summary>
    public const int MaxLength = 5 * Varint.MaxLength + 2;

    /// <summary>The most bytes of a group's records together.</summary>
    public const long MaxContentLength = LmzRecordOptions.MaxRecordLength + ClosingLength;

    /// <summary>A group with so many bytes takes no more records.</summary>
    public const int ClosingLength = 1 << 20;

    /// <summary>The number after the last record's.</summary>
    public long End => First + Count;

    public void Write(List<byte> destination, bool keyed)
    {
        Varint.Write(destination, First);
        Varint.Write(destination, Count);
        Varint.Write(destination, ContentLength);
        if (!keyed)
            return;
        WriteKey(destination, MinKey);
        WriteKey(destination, MaxKey);
    }

    public static RecordGroup Read(FormatReader reader, bool keyed)
    {
        var first = reader.ReadNumber("number of the first record", 0, long.MaxValue >> 1);
        var count = (int)reader.ReadNumber("number of records in a group", 1, LmzRecordOptions.MaxGroupSize);
        var length = reader.ReadNumber("length of a group's content", 0, MaxContentLength);
        if (!keyed)
            return new RecordGroup(first, count, length, 0, 0);
        long min = ReadKey(reader), max = ReadKey(reader);
        if (reader.Error is null && max < min)
            reader.Fail("the greatest key of a group is below the least");
        return new RecordGroup(first, count, length, min, max);
    }

    /// <summary>A key has any 64 bits; those near 0 are short.</summary>
    public static void WriteKey(List<byte> destination, long key)
    {
        // The sign goes lowest; one bit more than a varint has goes into a byte of its own.
        var folded = ((ulong)key << 1) ^ (ulong)(key >> 63);
        destination.Add((byte)(folded & 1));
        Varint.Write(destination, (long)(folded >> 1));
    }

    public static long ReadKey(FormatReader reader)
    {
        var low = reader.ReadByte("sign of a key");
        var folded = ((ulong)reader.ReadNumber("key", 0, long.MaxValue) << 1) | low;
        if (low > 1)
            reader.Fail("the sign of a key is neither 0 nor 1");
        return (long)(folded >> 1) ^ -(long)(folded & 1);
    }
}

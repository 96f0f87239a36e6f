using Compressor.Container;

namespace Compressor.Repeats;

/// <summary>A block's repeats as the format has them: how many, then for each the bytes since the last one, the length and the distance.</summary>
internal static class RepeatList
{
    private const int MinEntryLength = 3;

    /// <summary>Writes the repeats of a block.</summary>
    public static byte[] ToBytes(IReadOnlyList<Repeat> repeats)
    {
        var bytes = new List<byte>();
        Varint.Write(bytes, repeats.Count);
        var end = 0;
        foreach (var repeat in repeats)
        {
            Varint.Write(bytes, repeat.Start - end);
            Varint.Write(bytes, repeat.Length);
            Varint.Write(bytes, repeat.Distance);
            end = repeat.End;
        }

        return [.. bytes];
    }

    /// <summary>Reads the repeats of a block.</summary>
    /// <param name="bytes">What <see cref="ToBytes"/> gave, or damage; all of it.</param>
    /// <param name="contentLength">The length of the block's content in bytes.</param>
    /// <exception cref="InvalidDataException">It is no list of repeats of such a block.</exception>
    public static List<Repeat> Read(ReadOnlySpan<byte> bytes, int contentLength)
    {
        var count = Next(ref bytes, 1, Math.Min(contentLength, bytes.Length / MinEntryLength));
        var repeats = new List<Repeat>((int)count);
        for (var end = 0; repeats.Count < count;)
        {
            var start = end + (int)Next(ref bytes, 0, contentLength - end - 1);
            var length = (int)Next(ref bytes, 1, contentLength - start);
            // What starts before the block ends there too, and is still in the window when the block ends.
            var distance = Next(ref bytes, 1, start + (long)ContentWindow.MaxLength - contentLength);
            if (distance > start && distance < start + length)
                throw new InvalidDataException("the source of a repeat goes from before the block into it");
            repeats.Add(new Repeat(start, length, distance));
            end = start + length;
        }

        return bytes.IsEmpty ? repeats : throw new InvalidDataException("there is more after the list of repeats");
    }

    private static long Next(ref ReadOnlySpan<byte> bytes, long min, long max)
    {
        bytes = bytes[Varint.Read(bytes, out var value)..];
        return value >= min && value <= max ? value : throw new InvalidDataException($"a number in the list of repeats is {value}, not within {min} to {max}");
    }
}

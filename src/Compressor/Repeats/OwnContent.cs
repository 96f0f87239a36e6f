namespace Compressor.Repeats;

/// <summary>
/// A block's content as far as the block has it: repeats within it are in their places, what it takes from before itself is not. So blocks can be decoded
/// in any order, and a part of one can be had without any other.
/// </summary>
internal sealed class OwnContent
{
    private readonly BorrowedRanges _borrowed = new(); // those that are missing

    private OwnContent(byte[] bytes) => Bytes = bytes;

    /// <summary>The content; zeros where something is missing.</summary>
    public byte[] Bytes { get; }

    /// <summary>The repeats from before the block, in order.</summary>
    public IReadOnlyList<Repeat> Missing { get; private init; } = [];

    /// <summary>That of a block without repeats.</summary>
    public static OwnContent Whole(byte[] content) => new(content);

    /// <summary>Puts the repeats within a block back between the rest of its content.</summary>
    /// <param name="rest">The content without its repeats.</param>
    /// <param name="repeats">The repeats, as <see cref="RepeatList"/> read them for this length.</param>
    /// <param name="contentLength">The length of the block's content in bytes.</param>
    /// <exception cref="InvalidDataException">The lengths do not add up, or a repeat's source is what another takes from before the block.</exception>
    public static OwnContent Of(ReadOnlySpan<byte> rest, IReadOnlyList<Repeat> repeats, int contentLength)
    {
        if (rest.Length + repeats.Sum(repeat => (long)repeat.Length) != contentLength)
            throw new InvalidDataException("the repeats and the rest are not as long as the content");
        var own = new OwnContent(new byte[contentLength]) { Missing = [.. repeats.Where(repeat => repeat.IsFar)] };
        var bytes = own.Bytes;
        var end = 0;
        foreach (var repeat in repeats)
        {
            rest[..(repeat.Start - end)].CopyTo(bytes.AsSpan(end));
            rest = rest[(repeat.Start - end)..];
            end = repeat.End;
            var source = repeat.Start - repeat.Distance;
            if (repeat.IsFar)
                own._borrowed.Add(repeat.Start, end, repeat.Distance);
            else if (own.Has(source, Math.Min(repeat.Length, repeat.Distance)))
                Copy(bytes, repeat);
            else
                throw new InvalidDataException("the source of a repeat is itself a repeat from before its block");
        }

        rest.CopyTo(bytes.AsSpan(end));
        return own;
    }

    /// <summary>Whether nothing of a part is missing, be it filled or not.</summary>
    public bool Has(long start, long length) => _borrowed.FirstAfter(start).Start >= start + length;

    /// <summary>Puts in what is missing.</summary>
    /// <param name="blockStart">Where the block's content starts in the frame's, in bytes.</param>
    /// <param name="before">Gives content from before the block.</param>
    /// <exception cref="InvalidDataException">A source is not at hand, or itself a repeat from before its block.</exception>
    public void Fill(long blockStart, IContentSource before)
    {
        foreach (var repeat in Missing)
            before.Read(blockStart + repeat.Start - repeat.Distance, Bytes.AsSpan(repeat.Start, repeat.Length));
    }

    private static void Copy(byte[] bytes, Repeat repeat)
    {
        // A run's source grows while it is copied: twice as much at each turn.
        var (from, to, left) = (repeat.Start - (int)repeat.Distance, repeat.Start, repeat.Length);
        while (left > 0)
        {
            var length = Math.Min(left, to - from);
            bytes.AsSpan(from, length).CopyTo(bytes.AsSpan(to));
            to += length;
            left -= length;
        }
    }
}

namespace Compressor.Repeats;

/// <summary>
/// Finds what is repeated in a frame's content, block after block: runs, and long parts that were there up to 64 MiB before. Passes over
/// content at hundreds of megabytes a second. What it leaves is for the coder of the block, which is better at what is short or near.
/// </summary>
/// <remarks>
/// A reader that wants one block must not have to decode all before it: what a block takes from before itself is never a source. Where it would be, the
/// repeat is led to where those bytes come from. At each 64 MiB of content it starts afresh, so that what it finds in a block depends on no more than
/// that much before it.
/// </remarks>
/// <param name="offset">Where in the frame's content the first block is that it is given: the start, or what <see cref="StartFor"/> says.</param>
internal sealed class RepeatFinder(long offset = 0)
{
    /// <summary>The least length of a run of one byte: a block's coder needs little for them, but its time.</summary>
    public const int MinRun = 1 << 10;

    /// <summary>The least length of a repeat within a block, for the same reason.</summary>
    public const int MinNear = 1 << 12;

    /// <summary>Runs and repeats within a block that are shorter are left to its coder, unless they are half of the block: without them, rows would not stand above each other.</summary>
    public const int MinSparse = 1 << 15;

    /// <summary>The least length of a repeat from before the block, of which the block's coder knows nothing.</summary>
    public const int MinFar = 1 << 9;

    /// <summary>Pieces shorter than this are not worth saying where they come from.</summary>
    private const int MinPiece = 1 << 6;

    private ContentWindow _window = new();
    private FingerprintTable _places = new();
    private BorrowedRanges _borrowed = new(); // of all blocks so far
    private long _offset = offset; // of the next block in the frame's content

    /// <summary>The block that it starts afresh with for a block: what is before that one changes nothing.</summary>
    /// <param name="block">The number of the block, from 0.</param>
    /// <param name="blockLength">The length of all blocks but the last, in bytes.</param>
    public static long StartFor(long block, int blockLength)
    {
        var window = block * blockLength / ContentWindow.MaxLength * ContentWindow.MaxLength;
        return (window + blockLength - 1) / blockLength;
    }

    /// <summary>Finds the repeats of the next block of the frame, and remembers its content.</summary>
    /// <param name="block">The block's content.</param>
    /// <returns>The repeats, in order, without overlap. They are never all of the block.</returns>
    public List<Repeat> Find(ReadOnlySpan<byte> block)
    {
        if (_offset / ContentWindow.MaxLength > (_offset - _window.Length) / ContentWindow.MaxLength)
            (_window, _places, _borrowed) = (new(), new(), new());
        var blockStart = _window.Length;
        _window.Append(block);
        _offset += block.Length;
        var found = new List<Repeat>();
        var (done, tried) = (0, 0); // what is before the first is repeats or is none; around what is before the second no repeat is long enough
        var whole = FingerprintTable.Length - 1; // the rolling hash covers as many bytes from here on
        var hash = 0ul;
        for (var i = 0; i < block.Length;)
        {
            if (i % FingerprintTable.Length == 0 && RunAt(block, done, i) is { Length: >= MinRun } run)
            {
                found.Add(run);
                i = done = run.End;
                (hash, whole) = (0, i + FingerprintTable.Length - 1);
                continue;
            }

            hash = FingerprintTable.Roll(hash, block[i]);
            i++;
            if (i <= whole || !FingerprintTable.IsSample(hash))
                continue;
            var candidate = _places.Exchange(block[(i - FingerprintTable.Length)..i], blockStart + i);
            if (candidate <= _window.First || i < tried || Extend(block, blockStart, done, i, candidate) is not { } repeat)
                continue;
            if (repeat.Length < (IsFromBefore(repeat, blockStart) ? MinFar : MinNear))
            {
                tried = repeat.End;
                continue;
            }

            Add(found, blockStart, repeat);
            i = done = repeat.End;
            (hash, whole) = (0, i + FingerprintTable.Length - 1);
        }

        return Selected(found, block.Length);
    }

    /// <summary>What is left of a block without its repeats.</summary>
    public static byte[] Rest(ReadOnlySpan<byte> block, IReadOnlyList<Repeat> repeats)
    {
        var rest = new byte[block.Length - repeats.Sum(repeat => repeat.Length)];
        var (from, to) = (0, 0);
        foreach (var repeat in repeats)
        {
            block[from..repeat.Start].CopyTo(rest.AsSpan(to));
            to += repeat.Start - from;
            from = repeat.End;
        }

        block[from..].CopyTo(rest.AsSpan(to));
        return rest;
    }

    /// <summary>The repeats that are worth it.</summary>
    private static List<Repeat> Selected(List<Repeat> found, int blockLength)
    {
        if (found.Where(IsShortNear).Sum(repeat => (long)repeat.Length) < blockLength / 2)
            found.RemoveAll(IsShortNear);
        if (found.Sum(repeat => (long)repeat.Length) == blockLength)
            found[0] = found[0] with { Start = 1, Length = found[0].Length - 1 };
        return found;
    }

    private static bool IsShortNear(Repeat repeat) => !repeat.IsFar && repeat.Length < MinSparse;

    /// <summary>Whether the bytes of a repeat come from before its block, be it by way of another repeat.</summary>
    private bool IsFromBefore(Repeat repeat, long blockStart) =>
        repeat.IsFar || (blockStart + repeat.Start - repeat.Distance is var source && _borrowed.FirstAfter(source).Start <= source);

    /// <summary>The run of one byte that a place is in, but for its first byte, which is no repeat.</summary>
    private static Repeat RunAt(ReadOnlySpan<byte> block, int done, int place)
    {
        var value = block[place];
        if (place + FingerprintTable.Length > block.Length || block.Slice(place, FingerprintTable.Length).ContainsAnyExcept(value))
            return default;
        var start = done + block[done..place].LastIndexOfAnyExcept(value) + 1;
        var length = block[place..].IndexOfAnyExcept(value);
        var end = length < 0 ? block.Length : place + length;
        return new Repeat(start + 1, end - start - 1, 1);
    }

    /// <summary>The repeat around a place whose last bytes seem to have ended at another place before; null if they did not.</summary>
    private Repeat? Extend(ReadOnlySpan<byte> block, long blockStart, int done, int place, long candidate)
    {
        var before = _window.CommonLengthBefore(candidate, block[done..place]);
        if (before < FingerprintTable.Length)
            return null;
        var start = place - before;
        return new Repeat(start, before + _window.CommonLength(candidate, block[place..]), blockStart + place - candidate);
    }

    /// <summary>Adds a repeat, in pieces where its source is in part what another block has from elsewhere.</summary>
    private void Add(List<Repeat> found, long blockStart, Repeat repeat)
    {
        // Rows that go on from before the block: one of them is left to the block, and the others repeat that.
        if (repeat.IsFar && repeat.Length > repeat.Distance && repeat.Distance < MinNear)
            repeat = new Repeat((int)repeat.Distance, repeat.End - (int)repeat.Distance, repeat.Distance);
        var piece = repeat;
        for (var left = MaxPieces(repeat.Length); piece.Length > 0 && left > 0; left--)
        {
            var source = blockStart + piece.Start - piece.Distance;
            var next = _borrowed.FirstAfter(source);
            var isLed = next.Start <= source;
            var distance = piece.Distance + (isLed ? next.Distance : 0);
            var length = (int)Math.Min(piece.Length, (isLed ? next.End : next.Start) - source);
            if (distance > piece.Start)
                length = (int)Math.Min(length, distance - piece.Start); // what comes from before the block ends there
            var part = new Repeat(piece.Start, length, distance);
            if (length >= MinPiece && blockStart + part.Start - part.Distance >= _window.First)
            {
                found.Add(part);
                if (part.IsFar)
                    _borrowed.Add(blockStart + part.Start, blockStart + part.End, part.Distance);
            }

            piece = new Repeat(piece.Start + length, piece.Length - length, piece.Distance);
        }
    }

    /// <summary>What would fall into more pieces is left to the block's coder.</summary>
    private static int MaxPieces(int length) => 16 + (length >> 8);
}

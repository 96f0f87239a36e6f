namespace Compressor.Repeats;

/// <summary>
/// Finds what is repeated in a frame's content, block after block: runs, and long parts that were there up to 64 MiB before. Passes over
/// content at hundreds of megabytes a second. What it leaves is for the coder of the block, which is better at what is short or near.
/// </summary>
/// <remarks>
/// A reader that wants one block must not have to decode all before it: the source of a repeat that reaches out of its block is never
/// itself a repeat that reaches out of its block. Where it would be, the repeat is led to where that one's bytes come from.
/// </remarks>
internal sealed class RepeatFinder
{
    /// <summary>The least length of a run of one byte: a block's coder needs little for them, but its time.</summary>
    public const int MinRun = 1 << 10;

    /// <summary>The least length of a repeat within a block, for the same reason.</summary>
    public const int MinNear = 1 << 12;

    /// <summary>The least length of a repeat from before the block, of which the block's coder knows nothing.</summary>
    public const int MinFar = 1 << 7;

    /// <summary>Pieces shorter than this are not worth saying where they come from.</summary>
    private const int MinPiece = 1 << 6;

    private readonly ContentWindow _window = new();
    private readonly FingerprintTable _places = new();
    private readonly List<(long Start, long End, long Distance)> _cross = []; // of all blocks so far, in order

    /// <summary>Finds the repeats of the next block of the frame, and remembers its content.</summary>
    /// <param name="block">The block's content.</param>
    /// <returns>The repeats, in order, without overlap.</returns>
    public List<Repeat> Find(ReadOnlySpan<byte> block)
    {
        var blockStart = _window.Length;
        _window.Append(block);
        Forget();
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
            if (repeat.Length < (repeat.IsCross ? MinFar : MinNear))
            {
                tried = repeat.End;
                continue;
            }

            Add(found, blockStart, repeat);
            i = done = repeat.End;
            (hash, whole) = (0, i + FingerprintTable.Length - 1);
        }

        return found;
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

    /// <summary>Adds a repeat, in pieces where its source is one that reaches out of its own block.</summary>
    private void Add(List<Repeat> found, long blockStart, Repeat repeat)
    {
        // Rows that go on from before the block: one of them is left to the block, and the others repeat that.
        if (repeat.IsCross && repeat.Length > repeat.Distance && repeat.Distance < MinNear)
            repeat = new Repeat((int)repeat.Distance, repeat.End - (int)repeat.Distance, repeat.Distance);
        var piece = repeat;
        for (var left = MaxPieces(repeat.Length); piece.Length > 0 && left > 0; left--)
        {
            var source = blockStart + piece.Start - piece.Distance;
            var index = FirstEndingAfter(source);
            var next = index < _cross.Count ? _cross[index] : (Start: long.MaxValue, End: long.MaxValue, Distance: 0L);
            var isLed = next.Start <= source;
            var distance = piece.Distance + (isLed ? next.Distance : 0);
            var length = (int)Math.Min(piece.Length, (isLed ? next.End : next.Start) - source);
            if (distance > piece.Start)
                length = (int)Math.Min(length, distance); // what would be taken from itself comes from where this does
            var part = new Repeat(piece.Start, length, distance);
            if (length >= MinPiece && blockStart + part.Start - part.Distance >= _window.First)
            {
                found.Add(part);
                if (part.IsCross)
                    _cross.Add((blockStart + part.Start, blockStart + part.End, part.Distance));
            }

            piece = new Repeat(piece.Start + length, piece.Length - length, piece.Distance);
        }
    }

    /// <summary>What would fall into more pieces is left to the block's coder.</summary>
    private static int MaxPieces(int length) => 16 + (length >> 8);

    private int FirstEndingAfter(long position)
    {
        var (low, high) = (0, _cross.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_cross[middle].End <= position)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    /// <summary>What has left the window cannot be a source.</summary>
    private void Forget()
    {
        var gone = FirstEndingAfter(_window.First);
        if (gone > _cross.Count / 2)
            _cross.RemoveRange(0, gone);
    }
}

namespace Compressor.Repeats;

/// <summary>The parts of a frame's content that blocks took from before themselves. None of them is ever a source.</summary>
internal sealed class BorrowedRanges
{
    private readonly List<(long Start, long End, long Distance)> _ranges = []; // in order, without overlap

    /// <summary>Adds a part behind all others.</summary>
    /// <param name="start">Where it starts in the frame's content.</param>
    /// <param name="end">Where it ends.</param>
    /// <param name="distance">How many bytes before it its source is; 0 for a part that is lost.</param>
    public void Add(long start, long end, long distance) => _ranges.Add((start, end, distance));

    /// <summary>The first part that ends after a position; one far away if there is none.</summary>
    public (long Start, long End, long Distance) FirstAfter(long position)
    {
        var index = IndexAfter(position);
        return index < _ranges.Count ? _ranges[index] : (long.MaxValue, long.MaxValue, 0);
    }

    /// <summary>Forgets what is before a position.</summary>
    public void Forget(long position)
    {
        var gone = IndexAfter(position);
        if (gone > _ranges.Count / 2)
            _ranges.RemoveRange(0, gone);
    }

    private int IndexAfter(long position)
    {
        var (low, high) = (0, _ranges.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_ranges[middle].End <= position)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}

using Compressor.Container;

namespace Compressor.Recovery;

/// <summary>Tells which blocks of a seek table are missing among those that were found.</summary>
/// <param name="table">The table of the last frame.</param>
/// <param name="header">The header of that frame.</param>
internal sealed class MissingBlocks(SeekTable table, FrameHeader header)
{
    private int _next; // of the entries

    /// <summary>What was found, and between it what is missing.</summary>
    /// <param name="found">Blocks and damage in the order of the data.</param>
    /// <param name="checkOf">The check that a found block states.</param>
    /// <param name="end">Where the table starts in the data.</param>
    public IEnumerable<RecoveryItem> Among(IEnumerable<RecoveryItem> found, Func<RecoveryItem, uint> checkOf, long end)
    {
        RecoveryItem? damage = null;
        foreach (var item in found)
        {
            var known = item.Frame is null ? -1 : IndexOf(item, checkOf);
            foreach (var before in Upto(known, damage, item.Offset))
                yield return before;
            damage = item.Frame is null ? item : null;
            if (item.Frame is not null)
                yield return known < 0 ? item : item with { Frame = header };
            _next = Math.Max(_next, known + 1);
        }

        foreach (var before in Upto(table.Entries.Count, damage, end))
            yield return before;
    }

    /// <summary>The damage before an item, and the blocks that are missing there: the first of them is what was damaged.</summary>
    private IEnumerable<RecoveryItem> Upto(int index, RecoveryItem? damage, long offset)
    {
        var missing = table.Entries.Skip(_next).Take(Math.Max(0, index - _next)).ToList();
        if (damage is not null && missing is [])
            yield return damage;
        for (var i = 0; i < missing.Count; i++)
        {
            yield return new RecoveryItem(
                i == 0 && damage is not null ? damage.Offset : offset,
                i == 0 && damage is not null ? damage.Length : 0,
                header,
                missing[i].ContentLength,
                missing[i].Check,
                i == 0 && damage is not null ? $"{damage.Reason}, where the seek table has one" : "a block of the seek table is missing here");
        }
    }

    private int IndexOf(RecoveryItem item, Func<RecoveryItem, uint> checkOf)
    {
        uint? check = null;
        for (var i = _next; i < table.Entries.Count; i++)
        {
            var entry = table.Entries[i];
            if (entry.DataLength == item.Length && entry.ContentLength == item.ContentLength && entry.Check == (check ??= checkOf(item)))
                return i;
        }

        return -1;
    }
}

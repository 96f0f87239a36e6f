namespace Compressor.Cli.Manifests;

/// <summary>A file to be planned for.</summary>
/// <param name="Path">The file.</param>
/// <param name="Target">What it is to become.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Modified">When it was last changed.</param>
internal readonly record struct PlannedSource(string Path, string Target, long Length, DateTime Modified);

/// <summary>
/// Deals out work so that all shares take about as long: what is longer than a share is cut into parts, and then the longest piece goes to whoever has least so far.
/// The same files give the same plan.
/// </summary>
internal static class Planner
{
    /// <summary>What a file costs besides its bytes, in bytes: it is opened, and its target written and renamed.</summary>
    private const long CostOfAFile = 1 << 12;

    /// <param name="sources">The files.</param>
    /// <param name="shares">How many processes there will be.</param>
    /// <param name="blockLength">The content of a block in bytes: no part is shorter.</param>
    /// <returns>The items by share, and within a share the most costly first, so that the last ones to end are short.</returns>
    public static IReadOnlyList<ManifestItem> Plan(IReadOnlyList<PlannedSource> sources, int shares, int blockLength)
    {
        var total = sources.Aggregate((Int128)0, (sum, source) => sum + CostOf(source.Length));
        var limit = (long)Int128.Min(long.MaxValue, Int128.Max(1, (total + shares - 1) / shares));
        var items = sources.SelectMany(source => Cut(source, shares, limit, blockLength))
            .OrderByDescending(item => item.Cost).ThenBy(item => item.File, StringComparer.Ordinal).ThenBy(item => item.Part.Number);
        var loads = new PriorityQueue<int, (Int128 Load, int Share)>(Enumerable.Range(1, shares).Select(share => (share, ((Int128)0, share))));
        var dealt = new List<ManifestItem>();
        foreach (var item in items)
        {
            loads.TryDequeue(out var share, out var load);
            dealt.Add(item with { Share = share });
            loads.Enqueue(share, (load.Load + item.Cost, share));
        }

        return [.. dealt.OrderBy(item => item.Share)]; // stable
    }

    private static long CostOf(long length) => length > long.MaxValue - CostOfAFile ? long.MaxValue : length + CostOfAFile;

    private static IEnumerable<ManifestItem> Cut(PlannedSource source, int shares, long limit, int blockLength)
    {
        var blocks = (source.Length / blockLength) + 1;
        var count = (int)Math.Min(Math.Min(shares, blocks), ((source.Length - 1) / limit) + 1);
        for (var i = 1; i <= Math.Max(1, count); i++)
        {
            var part = new LmzPart(i, Math.Max(1, count));
            yield return new ManifestItem(
                source.Path, source.Target, source.Length, source.Modified, part, CostOf(part.RangeOf(source.Length, blockLength).Length), Share: 0);
        }
    }
}

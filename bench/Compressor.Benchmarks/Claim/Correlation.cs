namespace Compressor.Benchmarks.Claim;

/// <summary>How closely two measures go together.</summary>
internal static class Correlation
{
    /// <summary>Pearson's r: 1 or −1 where the points lie on a line.</summary>
    /// <exception cref="ArgumentException">Fewer than two points, or one of the measures never changes.</exception>
    public static double Pearson(IReadOnlyList<(double X, double Y)> points)
    {
        double x = points.Average(p => p.X), y = points.Average(p => p.Y);
        double xx = points.Sum(p => (p.X - x) * (p.X - x)), yy = points.Sum(p => (p.Y - y) * (p.Y - y));
        return points.Count > 1 && xx > 0 && yy > 0
            ? points.Sum(p => (p.X - x) * (p.Y - y)) / Math.Sqrt(xx * yy)
            : throw new ArgumentException("two measures must both change", nameof(points));
    }

    /// <summary>Spearman's ρ: Pearson's r of the ranks; equal values share the mean of theirs.</summary>
    public static double Spearman(IReadOnlyList<(double X, double Y)> points)
    {
        double[] x = Ranks([.. points.Select(p => p.X)]), y = Ranks([.. points.Select(p => p.Y)]);
        return Pearson([.. x.Zip(y)]);
    }

    private static double[] Ranks(double[] values) =>
        [.. values.Select(v => values.Count(other => other < v) + (values.Count(other => other == v) - 1) / 2.0)];
}

namespace Compressor.Benchmarks.Claim;

/// <summary>y = c + a · x^−b, fitted to points.</summary>
/// <param name="A">The factor, a.</param>
/// <param name="B">The exponent, b.</param>
/// <param name="C">What remains at any x, c; 0 in a pure power law.</param>
internal sealed record PowerLaw(double A, double B, double C)
{
    private const double MinExponent = 0.001, MaxExponent = 4;

    public double At(double x) => C + A * Math.Pow(x, -B);

    /// <summary>The straight line through the logarithms with the least squares: c = 0.</summary>
    /// <exception cref="ArgumentException">Fewer than two points, or all at one x.</exception>
    public static PowerLaw Fit(IReadOnlyList<(double X, double Y)> points)
    {
        var (intercept, slope) = Line([.. points.Select(p => (Math.Log(p.X), Math.Log(p.Y)))]);
        return new PowerLaw(Math.Exp(intercept), -slope, 0);
    }

    /// <summary>The least squares of y with a, b &gt; 0 and c ≥ 0: for each exponent a and c are a straight line's, the exponent is searched.</summary>
    /// <exception cref="ArgumentException">Fewer than three points, or all at one x.</exception>
    public static PowerLaw FitWithFloor(IReadOnlyList<(double X, double Y)> points)
    {
        if (points.Count < 3) throw new ArgumentException($"three unknowns need three points, not {points.Count}", nameof(points));
        var scale = points[0].X;   // x^−b of large x would be all but 0
        // Where the sum of squares has its only minimum in b: ever finer around the best of a row.
        double low = MinExponent, high = MaxExponent;
        for (var round = 0; round < 12; round++)
        {
            const int Steps = 40;
            var width = (high - low) / Steps;
            var best = Enumerable.Range(0, Steps + 1).Select(i => low + i * width).MinBy(b => Error(points, With(points, b, scale)));
            (low, high) = (Math.Max(MinExponent, best - width), Math.Min(MaxExponent, best + width));
        }

        return With(points, (low + high) / 2, scale);
    }

    private static PowerLaw With(IReadOnlyList<(double X, double Y)> points, double b, double scale)
    {
        var (c, a) = Line([.. points.Select(p => (Math.Pow(p.X / scale, -b), p.Y))]);
        if (c < 0)
        {
            // The best with c = 0.
            double[] powers = [.. points.Select(p => Math.Pow(p.X / scale, -b))];
            (c, a) = (0, powers.Zip(points, (q, p) => q * p.Y).Sum() / powers.Sum(q => q * q));
        }

        return new PowerLaw(a * Math.Pow(scale, b), b, c);
    }

    private static double Error(IReadOnlyList<(double X, double Y)> points, PowerLaw law) => points.Sum(p => Math.Pow(law.At(p.X) - p.Y, 2));

    private static (double Intercept, double Slope) Line((double X, double Y)[] points)
    {
        double x = points.Average(p => p.X), y = points.Average(p => p.Y), spread = points.Sum(p => (p.X - x) * (p.X - x));
        if (points.Length < 2 || spread == 0) throw new ArgumentException("a line needs points at two places", nameof(points));
        var slope = points.Sum(p => (p.X - x) * (p.Y - y)) / spread;
        return (y - slope * x, slope);
    }
}

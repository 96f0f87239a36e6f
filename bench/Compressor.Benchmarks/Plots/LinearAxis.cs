using System.Globalization;

namespace Compressor.Benchmarks.Plots;

/// <summary>An axis of equal steps: values to pixels, and where to draw ticks.</summary>
internal sealed class LinearAxis : IAxis
{
    private const int MaxTicks = 8;

    private readonly double _low, _high, _from, _to;

    /// <param name="values">What it must show.</param>
    /// <param name="from">Pixel of the low end.</param>
    /// <param name="to">Pixel of the high end.</param>
    /// <param name="withZero">Whether the axis starts at 0.</param>
    public LinearAxis(IEnumerable<double> values, double from, double to, bool withZero)
    {
        double[] all = [.. values];
        double low = withZero ? 0 : all.Min(), high = all.Max(), margin = high > low ? 0.05 * (high - low) : 1;
        (_low, _high, _from, _to) = (withZero ? 0 : low - margin, high + margin, from, to);
    }

    public double At(double value) => _from + (value - _low) / (_high - _low) * (_to - _from);

    public IEnumerable<(double Value, string Text)> Ticks()
    {
        var step = Math.Pow(10, Math.Floor(Math.Log10(_high - _low)));
        double[] finer = [0.1, 0.2, 0.5, 1, 2];
        step *= finer.First(f => (_high - _low) / (step * f) <= MaxTicks);
        for (var n = Math.Ceiling(_low / step); n * step <= _high; n++)
            yield return (n * step, (n * step).ToString("0.#####", CultureInfo.InvariantCulture));
    }
}

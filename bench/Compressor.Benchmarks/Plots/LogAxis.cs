using System.Globalization;

namespace Compressor.Benchmarks.Plots;

/// <summary>A logarithmic axis: values to pixels, and where to draw ticks.</summary>
internal sealed class LogAxis : IAxis
{
    private readonly double _low, _high, _from, _to;

    /// <param name="values">What it must show, all positive.</param>
    /// <param name="from">Pixel of the low end.</param>
    /// <param name="to">Pixel of the high end.</param>
    public LogAxis(IEnumerable<double> values, double from, double to)
    {
        double[] all = [.. values];
        // A tenth of the span as margin, so that no mark touches the frame.
        double low = Math.Log10(all.Min()), high = Math.Log10(all.Max()), margin = Math.Max(0.05, 0.1 * (high - low));
        (_low, _high, _from, _to) = (low - margin, high + margin, from, to);
    }

    public double At(double value) => _from + (Math.Log10(value) - _low) / (_high - _low) * (_to - _from);

    /// <summary>Round values: powers of ten, and more between them the fewer decades there are.</summary>
    public IEnumerable<(double Value, string Text)> Ticks()
    {
        double[] steps = (_high - _low) switch
        {
            > 2.5 => [1],
            > 1 => [1, 2, 5],
            > 0.3 => [1, 1.5, 2, 3, 4, 5, 6, 8],
            _ => [1, 1.2, 1.4, 1.6, 1.8, 2, 2.25, 2.5, 2.75, 3, 3.25, 3.5, 3.75, 4, 4.5, 5, 5.5, 6, 6.5, 7, 8, 9],
        };
        for (var power = (int)Math.Floor(_low); power <= _high; power++)
        {
            foreach (var step in steps)
            {
                var value = step * Math.Pow(10, power);
                if (Math.Log10(value) >= _low && Math.Log10(value) <= _high)
                    yield return (value, value.ToString("0.#####", CultureInfo.InvariantCulture));
            }
        }
    }
}

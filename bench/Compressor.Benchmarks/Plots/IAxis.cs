namespace Compressor.Benchmarks.Plots;

/// <summary>Where values lie on a picture.</summary>
internal interface IAxis
{
    /// <summary>The pixel of a value.</summary>
    double At(double value);

    /// <summary>Round values to draw a line and a number at.</summary>
    IEnumerable<(double Value, string Text)> Ticks();
}

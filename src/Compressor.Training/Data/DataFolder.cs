using System.Globalization;

namespace Compressor.Training;

/// <summary>A folder of a training mixture, and how often its text is seen.</summary>
/// <param name="Path">The folder; its sub-folders are read too.</param>
public sealed record DataFolder(string Path)
{
    /// <summary>The least and the largest weight.</summary>
    public const decimal MinWeight = 0.01m, MaxWeight = 100m;

    /// <summary>
    /// How often the text of this folder is seen while that of a folder with weight 1 is seen once, from <see cref="MinWeight"/> to
    /// <see cref="MaxWeight"/>; two decimals count.
    /// </summary>
    public decimal Weight { get; init; } = 1;

    /// <summary>The weight in hundredths: shares of a mixture are computed in integers, so that they are the same everywhere.</summary>
    internal int Hundredths => (int)decimal.Round(Weight * 100);

    /// <summary>The last part of the path, and the weight if it is not 1.</summary>
    public override string ToString()
    {
        var name = System.IO.Path.GetFileName(System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(Path)));
        return Weight == 1 ? name : string.Create(CultureInfo.InvariantCulture, $"{name} × {Weight:0.##}");
    }
}

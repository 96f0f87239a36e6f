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

    /// <summary>
    /// Reads <c>DIR</c> or <c>DIR=WEIGHT</c>. What follows the last '=' is the weight if it is a number; a folder whose own name
    /// ends like that is written with <c>=1</c> after it.
    /// </summary>
    /// <exception cref="FormatException">The weight is out of range, or there is no folder before it.</exception>
    public static DataFolder Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int sign = text.LastIndexOf('=');
        if (sign < 0 || !decimal.TryParse(text.AsSpan(sign + 1), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal weight))
            return new DataFolder(text);
        if (sign == 0)
            throw new FormatException($"'{text}' has a weight but no folder");
        if (weight is < MinWeight or > MaxWeight)
            throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"the weight in '{text}' must be from {MinWeight} to {MaxWeight}"));
        return new DataFolder(text[..sign]) { Weight = weight };
    }

    /// <summary>The weight in hundredths: shares of a mixture are computed in integers, so that they are the same everywhere.</summary>
    internal int Hundredths => (int)decimal.Round(Weight * 100);

    /// <summary>The last part of the path, and the weight if it is not 1.</summary>
    public override string ToString()
    {
        string name = System.IO.Path.GetFileName(System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(Path)));
        return Weight == 1 ? name : string.Create(CultureInfo.InvariantCulture, $"{name} × {Weight:0.##}");
    }
}

using System.Globalization;

namespace Compressor.Cli.Commands;

/// <summary>A folder and a number, as <c>DIR</c> or <c>DIR=W</c>.</summary>
/// <param name="Path">The folder.</param>
/// <param name="Weight">The number after it, 1 if there is none.</param>
internal sealed record WeightedFolder(string Path, decimal Weight)
{
    /// <summary>The least and the largest weight.</summary>
    public const decimal MinWeight = 0.01m, MaxWeight = 100m;

    /// <summary>
    /// What follows the last '=' is the weight if it is a number; a folder whose own name ends like that is written with <c>=1</c>
    /// after it.
    /// </summary>
    /// <exception cref="FormatException">The weight is out of range, or there is no folder before it.</exception>
    public static WeightedFolder Parse(string text)
    {
        var sign = text.LastIndexOf('=');
        if (sign < 0 || !decimal.TryParse(text.AsSpan(sign + 1), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var weight))
            return new WeightedFolder(text, 1);
        if (sign == 0)
            throw new FormatException($"'{text}' has a weight but no folder");
        if (weight is < MinWeight or > MaxWeight)
            throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"the weight in '{text}' must be from {MinWeight} to {MaxWeight}"));
        return new WeightedFolder(text[..sign], weight);
    }
}

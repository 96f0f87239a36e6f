namespace Compressor;

/// <summary>Compressed data was made with reference data that is not at hand.</summary>
public sealed class PrimeNotFoundException : IOException
{
    /// <summary>Names the reference data that is needed and that which was offered.</summary>
    /// <param name="needed">The <see cref="LmzPrime.Id"/> of the reference data.</param>
    /// <param name="offered">That of the reference data at hand; null for none.</param>
    public PrimeNotFoundException(string needed, string? offered)
        : base($"The data was primed with the reference data {needed}; at hand: {offered ?? "none"}.")
    {
        Needed = needed;
        Offered = offered;
    }

    /// <summary>The id of the reference data that is needed.</summary>
    public string Needed { get; }

    /// <summary>The id of the reference data at hand; null for none.</summary>
    public string? Offered { get; }
}

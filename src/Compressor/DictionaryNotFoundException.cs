namespace Compressor;

/// <summary>Compressed data was made with a dictionary that is not at hand.</summary>
public sealed class DictionaryNotFoundException : IOException
{
    /// <summary>Names the dictionary that is needed and that which was offered.</summary>
    /// <param name="needed">The <see cref="LmzDictionary.Id"/> of the dictionary.</param>
    /// <param name="offered">That of the dictionary at hand; null for none.</param>
    public DictionaryNotFoundException(string needed, string? offered)
        : base($"The data needs the dictionary {needed}; at hand: {offered ?? "none"}.")
    {
        Needed = needed;
        Offered = offered;
    }

    /// <summary>The id of the dictionary that is needed.</summary>
    public string Needed { get; }

    /// <summary>The id of the dictionary at hand; null for none.</summary>
    public string? Offered { get; }
}

namespace Compressor.Benchmarks.Claim;

/// <summary>What describes a text: what the receiver must know first, and the text for one who knows it.</summary>
/// <param name="Knowledge">Bytes of f.</param>
/// <param name="Data">Bytes of the data given f.</param>
internal readonly record struct DescriptionLength(long Knowledge, long Data)
{
    /// <summary>|f| + |D given f|, bytes.</summary>
    public long Total => Knowledge + Data;
}

namespace Compressor;

/// <summary>How to decompress.</summary>
public sealed class LmzDecompressionOptions
{
    /// <summary>How many blocks to decompress at the same time; 0 for as many as there are cores.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 0.</exception>
    public int Threads
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            field = value;
        }
    }

    /// <summary>The models at hand; null or none for <see cref="LanguageModel.Default"/> alone.</summary>
    public IReadOnlyList<LanguageModel>? Models { get; init; }
}

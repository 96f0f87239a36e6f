namespace Compressor.Benchmarks.Corpus;

/// <summary>One step, there or back: how long it took and the most memory it held.</summary>
/// <param name="Seconds">Wall-clock time.</param>
/// <param name="PeakBytes">The largest resident set, 0 if it could not be read.</param>
public readonly record struct Cost(double Seconds, long PeakBytes);

/// <summary>One file by one codec, decoded again and compared.</summary>
/// <param name="File">The file's path below the corpus folder, with slashes.</param>
/// <param name="Codec">The codec's name.</param>
/// <param name="Raw">Bytes of the file.</param>
/// <param name="Compressed">Bytes of what the codec made of it.</param>
/// <param name="Compress">The way there.</param>
/// <param name="Decompress">The way back.</param>
public sealed record Measurement(string File, string Codec, long Raw, long Compressed, Cost Compress, Cost Decompress)
{
    /// <summary>Compressed bits for each byte of the file.</summary>
    public double BitsPerByte => 8.0 * Compressed / Raw;
}

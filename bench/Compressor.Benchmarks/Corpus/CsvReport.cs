using System.Globalization;

namespace Compressor.Benchmarks.Corpus;

/// <summary>The comparison as comma-separated values, one line a file and codec.</summary>
internal static class CsvReport
{
    public static string Write(CorpusResult result)
    {
        var lines = result.Measurements.Select(m => string.Create(CultureInfo.InvariantCulture,
            $"{Quoted(m.File)},{Quoted(m.Codec)},{m.Raw},{m.Compressed},{m.BitsPerByte:F4},{m.Compress.Seconds:F4},{m.Decompress.Seconds:F4},{m.Compress.PeakBytes},{m.Decompress.PeakBytes}"));
        return string.Concat(lines.Prepend("file,codec,raw,compressed,bits_per_byte,compress_s,decompress_s,compress_peak,decompress_peak").Select(l => l + "\n"));
    }

    private static string Quoted(string field) =>
        field.AsSpan().ContainsAny(",\"\n") ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : field;
}

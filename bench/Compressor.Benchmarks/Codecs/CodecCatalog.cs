using System.Globalization;

namespace Compressor.Benchmarks.Codecs;

/// <summary>Codecs by name: a family, a dash and a level.</summary>
public static class CodecCatalog
{
    /// <summary>What a comparison runs unless told otherwise.</summary>
    public static IReadOnlyList<string> Defaults { get; } = ["zstd-3", "zstd-19", "zstd-22", "xz-9", "brotli-11", "bzip2-9", "lmz", "lmz-9"];

    /// <summary>The codec of a name such as <c>zstd-19</c>, <c>xz-9</c>, <c>brotli-11</c>, <c>bzip2-9</c>, <c>lmz</c> or <c>lmz-9</c>.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static Codec Find(string name)
    {
        var parts = name.Split('-', 2);
        int? level = parts.Length == 1 ? null
            : int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : throw Unknown(name);
        return (parts[0], level) switch
        {
            ("zstd", >= 1 and <= 22) => new ZstdCodec(level.Value),
            ("xz", >= 0 and <= 9) => new XzCodec(level.Value),
            ("brotli", >= 0 and <= 11) => new BrotliCodec(level.Value),
            ("bzip2", >= 1 and <= 9) => new Bzip2Codec(level.Value),
            ("lmz", null or (>= LmzCompressionOptions.MinLevel and <= LmzCompressionOptions.MaxLevel)) => new LmzCodec(level),
            _ => throw Unknown(name),
        };
    }

    private static ArgumentException Unknown(string name) =>
        new($"there is no codec '{name}'; there are zstd-1…22, xz-0…9, brotli-0…11, bzip2-1…9, lmz and lmz-1…9");
}

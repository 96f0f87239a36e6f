using Compressor.Benchmarks.Codecs;
using Compressor.Benchmarks.Pages;

namespace Compressor.Benchmarks.Claim;

/// <summary>The size of a program: its source files, one after the other, compressed with Brotli.</summary>
internal static class ProgramSize
{
    /// <summary>What reads a text with given weights: coder, tokenizer, transformer, kernels.</summary>
    public static IReadOnlyList<string> Decoder { get; } =
        ["src/Compressor/RangeCoding", "src/Compressor/Symbols", "src/Compressor/Prediction", "src/Compressor/Kernels"];

    /// <summary>What reads a text by training on what it has read: the decoder, the trainer, the tensors and their gradients.</summary>
    public static IReadOnlyList<string> Trainer { get; } = [.. Decoder, "src/Compressor.Training"];

    /// <summary>Bytes of the C# files below folders of the repository, uncompressed and compressed.</summary>
    /// <exception cref="DirectoryNotFoundException">A folder is not there.</exception>
    public static (long Source, long Compressed) Of(IEnumerable<string> folders)
    {
        var root = RepositoryFolder.Find();
        byte[] source =
        [
            .. folders.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(root, folder), "*.cs", SearchOption.AllDirectories))
                .Where(path => !path.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin"))
                .Order(StringComparer.Ordinal).SelectMany(File.ReadAllBytes),
        ];
        return (source.Length, new BrotliCodec(11).Compress(source).Length);
    }
}

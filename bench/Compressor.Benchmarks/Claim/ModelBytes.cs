using Compressor.Benchmarks.Codecs;

namespace Compressor.Benchmarks.Claim;

/// <summary>What the receiver of a model has to be sent.</summary>
internal static class ModelBytes
{
    private const string TokenizerFile = "tokenizer.json";

    /// <summary>The files without which a model cannot be used.</summary>
    private static readonly string[] Files = ["config.json", TokenizerFile, "model.safetensors"];

    /// <summary>Quick, and weights of 8 bits hold little that a better codec would find.</summary>
    private static readonly BrotliCodec Brotli = new(9);

    /// <summary>Configuration, tokenizer and 8-bit weights, each compressed with Brotli.</summary>
    public static long Of(string folder) => Files.Sum(file => Compressed(Path.Combine(folder, file)));

    /// <summary>The tokenizer alone, which is also needed where the weights are not sent.</summary>
    public static long OfTokenizer(string folder) => Compressed(Path.Combine(folder, TokenizerFile));

    private static long Compressed(string path) => Brotli.Compress(File.ReadAllBytes(path)).Length;
}

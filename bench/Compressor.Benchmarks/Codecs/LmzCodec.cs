namespace Compressor.Benchmarks.Codecs;

/// <summary>This project's library with its built-in model. Loading the model is part of the work that is timed.</summary>
/// <param name="level">The level, or null for the default.</param>
public sealed class LmzCodec(int? level = null) : Codec
{
    private static readonly string[] ModelFiles = ["config.json", "tokenizer.json", "model.safetensors"];

    public override string Name => level is null ? "lmz" : $"lmz-{level}";

    public override string Version => $"Compressor {typeof(Lmz).Assembly.GetName().Version?.ToString(3)}, model {LanguageModel.Default.Name}";

    /// <summary>Weights, tokenizer and configuration as they lie in the model's folder.</summary>
    public override long ModelBytes => ModelFiles.Sum(file => new FileInfo(Path.Combine(Folder(), file)).Length);

    public override byte[] Compress(byte[] content) =>
        Lmz.Compress(content, new LmzCompressionOptions { Level = level ?? LmzCompressionOptions.DefaultLevel });

    public override byte[] Decompress(byte[] data, int contentLength) => Lmz.Decompress(data);

    private static string Folder()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "models", LanguageModel.Default.Name);
            if (Directory.Exists(candidate)) return candidate;
        }
        throw new DirectoryNotFoundException($"models/{LanguageModel.Default.Name} is not above {AppContext.BaseDirectory}");
    }
}

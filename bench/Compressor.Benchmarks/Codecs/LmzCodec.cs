namespace Compressor.Benchmarks.Codecs;

/// <summary>This project's library with the built-in models of the level. Loading the model is part of the work that is timed.</summary>
/// <param name="level">The level, or null for the default.</param>
public sealed class LmzCodec(int? level = null) : Codec
{
    private readonly LmzCompressionOptions _options = new() { Level = level ?? LmzCompressionOptions.DefaultLevel };

    public override string Name => level is null ? "lmz" : $"lmz-{level}";

    public override string Version => $"Compressor {typeof(Lmz).Assembly.GetName().Version?.ToString(3)}, {(_options.UsesModel ? string.Join(", ", Models.Select(model => model.Name)) : "no model")}";

    public override long ModelBytes => Models.Sum(model => model.Size);

    /// <summary>Those that the level chooses from.</summary>
    private IEnumerable<LanguageModel> Models => _options.BuiltInModelNames.Select(BuiltInModels.TryGet).OfType<LanguageModel>();

    public override byte[] Compress(byte[] content) => Lmz.Compress(content, _options);

    public override byte[] Decompress(byte[] data, int contentLength) => Lmz.Decompress(data);
}

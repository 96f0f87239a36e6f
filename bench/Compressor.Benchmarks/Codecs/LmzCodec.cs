namespace Compressor.Benchmarks.Codecs;

/// <summary>This project's library with the built-in model of the level. Loading the model is part of the work that is timed.</summary>
/// <param name="level">The level, or null for the default.</param>
public sealed class LmzCodec(int? level = null) : Codec
{
    private readonly LmzCompressionOptions _options = new() { Level = level ?? LmzCompressionOptions.DefaultLevel };

    public override string Name => level is null ? "lmz" : $"lmz-{level}";

    public override string Version => $"Compressor {typeof(Lmz).Assembly.GetName().Version?.ToString(3)}, {_options.DefaultModelName ?? "no model"}";

    public override long ModelBytes => _options.DefaultModelName is { } name
        ? new[] { LanguageModel.Default, LanguageModel.Base }.Single(model => model.Name == name).Size
        : 0;

    public override byte[] Compress(byte[] content) => Lmz.Compress(content, _options);

    public override byte[] Decompress(byte[] data, int contentLength) => Lmz.Decompress(data);
}

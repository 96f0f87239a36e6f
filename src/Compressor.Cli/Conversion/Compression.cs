using Compressor.Cli.Files;

namespace Compressor.Cli.Conversion;

/// <summary>FILE to FILE.lmz.</summary>
/// <param name="options">How to compress.</param>
/// <param name="models">To read it back with.</param>
internal sealed class Compression(LmzCompressionOptions options, IReadOnlyList<LanguageModel> models) : IConversion
{
    public bool Compresses => true;

    public string TargetOf(string source, bool force) =>
        !force && source.EndsWith(Lmz.FileExtension, StringComparison.OrdinalIgnoreCase)
            ? throw new IOException($"already has the suffix {Lmz.FileExtension}: use -f to compress it all the same")
            : source + Lmz.FileExtension;

    public long? ContentLengthOf(Stream source) => source.Length;

    public bool IsDone(Stream source, Stream target, CancellationToken cancellationToken) => Lmz.IsCompressed(target, source, cancellationToken);

    public void Convert(Stream source, Stream target, IProgress<long>? progress, CancellationToken cancellationToken) =>
        Lmz.Compress(source, target, options, progress, cancellationToken);

    public ConversionReport Recover(Stream source, Stream target, IProgress<long>? progress, CancellationToken cancellationToken) =>
        throw new NotSupportedException("there is nothing to recover when compressing");

    public void Check(Stream source, Stream target, CancellationToken cancellationToken)
    {
        source.Position = 0;
        using var comparison = new ComparisonStream(source);
        var decompression = new LmzDecompressionOptions
        {
            Models = models,
            Dictionary = options.Dictionary,
            Threads = options.Threads,
        };
        try
        {
            Lmz.Decompress(target, comparison, decompression, null, cancellationToken);
            comparison.RequireEnd();
        }
        catch (InvalidDataException e)
        {
            throw new IOException("the target does not give the source back; it was not kept", e);
        }
    }
}

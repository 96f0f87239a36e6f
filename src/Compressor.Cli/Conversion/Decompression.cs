namespace Compressor.Cli.Conversion;

/// <summary>FILE.lmz to FILE.</summary>
internal sealed class Decompression(LmzDecompressionOptions options) : IConversion
{
    public bool Compresses => false;

    public string TargetOf(string source, bool force) =>
        source.EndsWith(Lmz.FileExtension, StringComparison.OrdinalIgnoreCase) && Path.GetFileName(source).Length > Lmz.FileExtension.Length
            ? source[..^Lmz.FileExtension.Length]
            : throw new IOException($"does not end in {Lmz.FileExtension}: name the target with -o, or use -c");

    public long ContentLengthOf(Stream source)
    {
        var start = source.Position;
        var length = Lmz.ReadInfo(source).Sum(frame => frame.ContentLength);
        source.Position = start;
        return length;
    }

    public void Convert(Stream source, Stream target, IProgress<long>? progress, CancellationToken cancellationToken) =>
        Lmz.Decompress(source, target, options, progress, cancellationToken);
}

using Compressor.Cli.Terminal;

namespace Compressor.Cli.Conversion;

/// <summary>FILE.lmz to FILE.</summary>
internal sealed class Decompression(LmzDecompressionOptions options) : IConversion
{
    public bool Compresses => false;

    public string TargetOf(string source, bool force) =>
        source.EndsWith(Lmz.FileExtension, StringComparison.OrdinalIgnoreCase) && Path.GetFileName(source).Length > Lmz.FileExtension.Length
            ? source[..^Lmz.FileExtension.Length]
            : throw new IOException($"does not end in {Lmz.FileExtension}: name the target with -o, or use -c");

    public long? ContentLengthOf(Stream source)
    {
        var start = source.Position;
        try
        {
            return Lmz.ReadInfo(source).Sum(frame => frame.ContentLength);
        }
        catch (InvalidDataException)
        {
            return null; // what is wrong comes out soon enough
        }
        finally
        {
            source.Position = start;
        }
    }

    public bool IsDone(Stream source, Stream target, CancellationToken cancellationToken) => Lmz.IsCompressed(source, target, cancellationToken);

    public void Convert(Stream source, Stream target, IProgress<long>? progress, CancellationToken cancellationToken) =>
        Lmz.Decompress(source, target, options, progress, cancellationToken);

    public ConversionReport Recover(Stream source, Stream target, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        var recovery = Lmz.Recover(source, target, options, progress, cancellationToken);
        return new ConversionReport([.. recovery.Damages.Select(damage => Describe(damage, recovery.ContentLength))], recovery.IsWhole || recovery.RecoveredLength > 0);
    }

    /// <summary>Nothing is left to check: each block was verified when it was decompressed.</summary>
    public void Check(Stream source, Stream target, CancellationToken cancellationToken)
    {
    }

    /// <summary>A line that says what is damaged and what that costs.</summary>
    private static string Describe(LmzDamage damage, long writtenLength)
    {
        var place = damage.Length > 0
            ? FormattableString.Invariant($"bytes {damage.Offset} to {damage.Offset + damage.Length - 1}")
            : FormattableString.Invariant($"at byte {damage.Offset}");
        var loss = damage.ContentLength switch
        {
            > 0 => FormattableString.Invariant($"; content bytes {damage.ContentOffset} to {damage.ContentOffset + damage.ContentLength - 1} are lost"),
            null when damage.ContentOffset < writtenLength =>
                FormattableString.Invariant($"; what content is lost here is not known: what follows, from content byte {damage.ContentOffset} on, is not in its place"),
            _ => "",
        };
        return $"{place}: {ErrorReport.AsReason(damage.Reason)}{loss}";
    }
}

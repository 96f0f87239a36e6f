namespace Compressor.Cli.Conversion;

/// <summary>What became of a source that may be damaged.</summary>
/// <param name="Faults">What is wrong with it, a line each.</param>
/// <param name="HasContent">Whether something of it was converted, or there was nothing to convert.</param>
internal sealed record ConversionReport(IReadOnlyList<string> Faults, bool HasContent);

/// <summary>What is done to each file.</summary>
internal interface IConversion
{
    /// <summary>Whether the target is the compressed side; else the source is.</summary>
    bool Compresses { get; }

    /// <summary>The name of the target when none is given.</summary>
    /// <exception cref="IOException">The name of the source does not say.</exception>
    string TargetOf(string source, bool force);

    /// <summary>The length of the content of a source that can seek, for people to see how far it is; null if it cannot be told.</summary>
    long? ContentLengthOf(Stream source);

    /// <summary>Whether a target that is there stands for the source, by the checks of blocks: nothing is decompressed.</summary>
    bool IsDone(Stream source, Stream target, CancellationToken cancellationToken);

    /// <summary>Converts the source, and reports content bytes.</summary>
    void Convert(Stream source, Stream target, IProgress<long>? progress, CancellationToken cancellationToken);

    /// <summary>Does what can be done with a source that can seek and may be damaged.</summary>
    ConversionReport Recover(Stream source, Stream target, IProgress<long>? progress, CancellationToken cancellationToken);

    /// <summary>Makes sure that a target that was read back from the disk stands for its source, which is about to be deleted.</summary>
    /// <exception cref="IOException">It does not.</exception>
    void Check(Stream source, Stream target, CancellationToken cancellationToken);
}

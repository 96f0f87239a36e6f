namespace Compressor.Cli.Parts;

/// <summary>What is done to a part of a file.</summary>
internal interface IPartConversion
{
    /// <summary>The name of the target when none is given.</summary>
    /// <exception cref="IOException">The name of the source does not say.</exception>
    string TargetOf(string source, LmzPart part);

    /// <summary>Makes the target of a part of a source.</summary>
    /// <param name="source">The file; <see cref="Conversion.FileConverter.StandardInput"/> for standard input.</param>
    /// <param name="part">Which part.</param>
    /// <param name="target">The file to make.</param>
    /// <param name="openProgress">Told how many bytes of content there are, gives who is told of those that are done.</param>
    /// <returns>The bytes read and written; null if the target was there already.</returns>
    (long Input, long Output)? Convert(string source, LmzPart part, string target, Func<long, IProgress<long>?> openProgress);
}

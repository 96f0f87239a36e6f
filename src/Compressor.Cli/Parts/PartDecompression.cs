using Compressor.Cli.Conversion;
using Compressor.Cli.Files;

namespace Compressor.Cli.Parts;

/// <summary>A part of FILE.lmz to FILE.I-of-N, or to its place in a file that all parts share.</summary>
/// <param name="context">The process.</param>
/// <param name="options">How to decompress.</param>
/// <param name="how">What may be overwritten.</param>
/// <param name="isShared">Whether the target is shared by all parts.</param>
internal sealed class PartDecompression(ToolContext context, LmzDecompressionOptions options, ConversionOptions how, bool isShared) : IPartConversion
{
    public string TargetOf(string source, LmzPart part) => PartFile.NameOf(new Decompression(options).TargetOf(source, how.Force), part);

    public (long Input, long Output)? Convert(string source, LmzPart part, string target, Func<long, IProgress<long>?> openProgress)
    {
        using var file = OpenSource(source);
        using var reader = new LmzReader(file, options);
        var range = reader.RangeOf(part);
        if (how.Destination == Destination.Nowhere)
        {
            Copy(reader, range, Stream.Null, openProgress);
        }
        else if (isShared)
        {
            using var shared = OpenShared(target, reader.Length);
            shared.Position = range.Offset;
            Copy(reader, range, shared, openProgress);
            shared.Flush();
        }
        else
        {
            using var output = new OutputFile(target, how.Force, null, isDurable: false, context.Interruption);
            Copy(reader, range, output.Stream, openProgress);
            output.Commit();
        }

        return (range.Length, range.Length);
    }

    private static FileStream OpenSource(string source)
    {
        if (source == FileConverter.StandardInput)
            throw new IOException("a part is of a file, not of standard input: where its blocks are is said at the end of the data");
        var file = SourceFile.Open(source);
        if (file.CanSeek)
            return file;
        file.Dispose();
        throw new IOException("a part is of a file, not of a pipe");
    }

    /// <summary>Each process makes the file if it is the first, and none cuts what another one has written.</summary>
    private static FileStream OpenShared(string target, long contentLength)
    {
        FileName.RequireText(target, "the target's name");
        if (Directory.Exists(target) || SpecialFile.Is(target))
            throw new IOException($"the target '{target}' is no regular file");
        var shared = new FileStream(target, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        if (shared.Length <= contentLength)
            return shared;
        var length = shared.Length;
        shared.Dispose();
        throw new IOException($"the target '{target}' has {length} bytes, more than the {contentLength} of the content: it is another file");
    }

    private void Copy(LmzReader reader, (long Offset, long Length) range, Stream target, Func<long, IProgress<long>?> openProgress) =>
        reader.CopyTo(target, range.Offset, range.Length, openProgress(range.Length), context.Interruption.Token);
}

using Compressor.Cli.Conversion;
using Compressor.Cli.Files;

namespace Compressor.Cli.Parts;

/// <summary>A part of FILE to FILE.lmz.I-of-N, with its description beside it.</summary>
/// <param name="context">The process.</param>
/// <param name="options">How to compress.</param>
/// <param name="how">What may be overwritten and left out.</param>
/// <param name="length">The length of the whole content in bytes, for standard input.</param>
internal sealed class PartCompression(ToolContext context, LmzCompressionOptions options, ConversionOptions how, long? length) : IPartConversion
{
    public string TargetOf(string source, LmzPart part) => PartFile.NameOf(source + Lmz.FileExtension, part);

    public (long Input, long Output)? Convert(string source, LmzPart part, string target, Func<long, IProgress<long>?> openProgress)
    {
        if (source == FileConverter.StandardInput)
            return ConvertInput(part, target, openProgress);
        using var file = SourceFile.Open(source);
        if (!file.CanSeek)
            throw new IOException("a part is of a file, not of a pipe");
        var modified = File.GetLastWriteTimeUtc(file.SafeFileHandle);
        var plan = LmzPartInfo.Of(part, file.Length, options) with { SourceModified = modified };
        if (how.SkipExisting && IsMade(target, plan, file))
            return null;
        file.Position = plan.ReadFrom;
        return Make(file, plan, target, openProgress, () =>
        {
            if (file.Length != plan.ContentLength || File.GetLastWriteTimeUtc(file.SafeFileHandle) != modified)
                throw new IOException("changed while it was read");
        });
    }

    private (long Input, long Output) ConvertInput(LmzPart part, string target, Func<long, IProgress<long>?> openProgress)
    {
        if (length is not { } whole)
            throw new IOException("a part of standard input takes --length, the length of the whole content");
        if (how.SkipExisting)
            throw new IOException("--skip-existing takes a file to compare with, not standard input");
        using var input = context.Streams.OpenInput();
        var plan = LmzPartInfo.Of(part, whole, options);
        return Make(input, plan, target, openProgress, () =>
        {
            if (input.ReadByte() >= 0)
                throw new IOException($"part {part} takes bytes {plan.ReadFrom} to {plan.Range.Offset + plan.Range.Length - 1} of the content, and there are more");
        });
    }

    /// <summary>The data gets its name last: a part counts when both files are there.</summary>
    private (long Input, long Output) Make(Stream source, LmzPartInfo plan, string target, Func<long, IProgress<long>?> openProgress, Action check)
    {
        using var output = new OutputFile(target, how.Force, null, isDurable: false, context.Interruption);
        var progress = openProgress(plan.Range.Length);
        var info = Lmz.CompressPart(source, output.Stream, plan.Part, plan.ContentLength, options, progress, context.Interruption.Token)
            with
        { SourceModified = plan.SourceModified };
        check();
        PartFile.SaveDescription(target, info, context.Interruption);
        output.Commit();
        return (plan.Range.Length, info.DataLength);
    }

    /// <summary>Whether the part is there, whole, made in the same way and of what the source has now. Reads both.</summary>
    private bool IsMade(string target, LmzPartInfo plan, FileStream source)
    {
        try
        {
            var made = PartFile.Load(target);
            if (made.Info.Part != plan.Part || made.Info.DifferenceFrom(plan) is not null)
                return false;
            using (var data = SourceFile.Open(target))
                Lmz.CopyPart(made, data, Stream.Null, context.Interruption.Token);
            if (PartContent.HashOf(source, made.Info.Range, context.Interruption.Token) != made.Info.ContentHash)
                return false;
            if (made.Info.SourceModified != plan.SourceModified)
                PartFile.SaveDescription(target, made.Info with { SourceModified = plan.SourceModified }, context.Interruption);
            return true;
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            return false; // what is wrong with it does not matter: it is made again
        }
    }
}

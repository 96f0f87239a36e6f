using System.Globalization;
using Compressor.Cli.Conversion;
using Compressor.Cli.Files;
using Compressor.Cli.Terminal;

namespace Compressor.Cli.Parts;

/// <summary>Converts the same part of each file, going on after one that fails.</summary>
internal sealed class PartConverter(ToolContext context, IPartConversion conversion, ConversionOptions options)
{
    /// <returns>The exit code.</returns>
    /// <exception cref="OperationCanceledException">The user or the system has asked to stop.</exception>
    public int Run(IReadOnlyList<InputFile> files, LmzPart part)
    {
        foreach (var file in files)
            Convert(file.Path, part, options.Output);
        return context.Errors.Any ? Tool.Failure : 0;
    }

    /// <summary>Converts a part of one file and reports what goes wrong.</summary>
    /// <param name="file">The file.</param>
    /// <param name="part">Which part.</param>
    /// <param name="target">The file to make; null for one named after the source.</param>
    public void Convert(string file, LmzPart part, string? target)
    {
        var name = $"{(file == FileConverter.StandardInput ? "stdin" : file)}, part {part}";
        ProgressLine? line = null;
        try
        {
            target ??= options.Destination == Destination.Nowhere ? "" : TargetOf(file, part);
            if (target.Length > 0)
                ProtectedFile.Refuse(target, file == FileConverter.StandardInput ? options.ProtectedFiles : [new ProtectedFile(file, "the source"), .. options.ProtectedFiles]);
            var start = context.Time.GetTimestamp();
            var result = conversion.Convert(file, part, target, length => line = OpenProgress(name, length));
            line?.Dispose();
            if (!options.Quiet && (options.Verbose || context.Streams.ErrorIsTerminal))
                context.Streams.Error.WriteLine($"{ErrorReport.OneLine(name)}: {Summary(result, context.Time.GetElapsedTime(start))}");
        }
        catch (Exception e) when (ErrorReport.IsExpected(e))
        {
            context.Errors.Add(name, e);
        }
        finally
        {
            line?.Dispose();
        }
    }

    private static string Summary((long Input, long Output)? result, TimeSpan time) => result is { } bytes
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes.Input} -> {bytes.Output} bytes in {time.TotalSeconds:F1} s")
        : "is there already";

    private string TargetOf(string file, LmzPart part)
    {
        if (file == FileConverter.StandardInput)
            throw new IOException("a part of standard input takes -o");
        var target = conversion.TargetOf(file, part);
        return options.OutputFolder is { } folder ? Path.Combine(folder, Path.GetFileName(target)) : target;
    }

    private ProgressLine? OpenProgress(string name, long length) => options.Quiet || !context.Streams.ErrorIsTerminal
        ? null
        : new ProgressLine(context.Streams.Error, ErrorReport.OneLine(name), length, context.Time);
}

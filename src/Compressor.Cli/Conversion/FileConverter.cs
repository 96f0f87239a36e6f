using System.Globalization;
using Compressor.Cli.Files;
using Compressor.Cli.Terminal;

namespace Compressor.Cli.Conversion;

/// <summary>Converts files one after the other, going on after one that fails.</summary>
internal sealed class FileConverter(ToolContext context, IConversion conversion, ConversionOptions options)
{
    /// <summary>How standard input is named on a command line.</summary>
    public const string StandardInput = "-";

    private readonly StandardStreams _streams = context.Streams;
    private int _converted; // files without a fault, and their bytes
    private long _inputLength, _outputLength;

    private bool ShowsSummaries => !options.Quiet && (options.Verbose || _streams.ErrorIsTerminal);

    /// <summary>Converts the files.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="OperationCanceledException">The user or the system has asked to stop.</exception>
    public int Run(IReadOnlyList<InputFile> files)
    {
        var start = context.Time.GetTimestamp();
        foreach (var file in ConversionPlan.Of(files, conversion, options, _streams))
        {
            try
            {
                ConvertFile(file);
            }
            catch (Exception e) when (ErrorReport.IsExpected(e))
            {
                context.Errors.Add(NameOf(file.Source), e);
            }
        }

        if (_converted > 1 && ShowsSummaries)
            _streams.Error.WriteLine($"{_converted} files: {Summary(_inputLength, _outputLength, context.Time.GetElapsedTime(start))}");

        return context.Errors.Any ? 1 : 0;
    }

    private static string NameOf(string file) => file == StandardInput ? "stdin" : file;

    private void ConvertFile(PlannedFile file)
    {
        if (file.Refusal is not null)
            throw new IOException(file.Refusal);
        if (file.Source == StandardInput)
        {
            if (_streams.InputIsTerminal && !options.Force)
                throw new IOException("standard input is a terminal: name a file, or use -f to type the data");
            using var input = _streams.OpenInput();
            ConvertSource(file, input, null);
            return;
        }

        using var source = OpenSource(file.Source);
        if (options.SkipExisting && IsDone(file, source))
            return;
        var attributes = source.CanSeek ? FileAttributesToKeep.Of(source.SafeFileHandle) : null;
        if (ConvertSource(file, source, attributes) && options.RemoveSource)
            Remove(file, source, attributes!);
    }

    /// <summary>Looks at a target that is there; where it is not right, it is as if this had not been asked.</summary>
    private bool IsDone(PlannedFile file, FileStream source)
    {
        if (file.Target is null || !File.Exists(file.Target) || SpecialFile.Is(file.Target) || !source.CanSeek)
            return false;
        using var target = SourceFile.Open(file.Target);
        var isDone = conversion.IsDone(source, target, context.Interruption.Token);
        source.Position = 0;
        if (isDone && !options.Quiet && (options.Verbose || _streams.ErrorIsTerminal))
            _streams.Error.WriteLine($"{ErrorReport.OneLine(file.Source)}: is done already");
        return isDone;
    }

    /// <summary>Where the user names no target, a source must be what it looks like.</summary>
    private FileStream OpenSource(string file)
    {
        if (Directory.Exists(file))
            throw new IOException("is a directory: use -r for the files in it");
        return options is { Destination: Destination.Beside, Force: false } ? SourceFile.OpenRegular(file) : SourceFile.Open(file);
    }

    /// <returns>Whether all of the source was converted.</returns>
    private bool ConvertSource(PlannedFile file, Stream source, FileAttributesToKeep? attributes)
    {
        if (file.Target is null || SpecialFile.IsStandardOutput(file.Target))
            return ConvertStream(file.Source, source, options.Destination == Destination.Nowhere ? Stream.Null : StandardOutput(), out _);

        if (file.Target != options.Output) // in a folder below the one that was named
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file.Target))!);
        var replaces = options.RemoveSource && attributes is not null;
        using var output = new OutputFile(file.Target, options.Force, attributes, replaces, context.Interruption);
        var isWhole = ConvertStream(file.Source, source, output.Stream, out var hasContent);
        if (!hasContent)
            throw new InvalidDataException("nothing could be recovered, and nothing was written");
        output.Commit(replaces && isWhole ? target => conversion.Check(source, target, context.Interruption.Token) : null);
        return isWhole;
    }

    /// <summary>Deletes a source whose target is complete, unless it is no longer what was converted.</summary>
    private static void Remove(PlannedFile file, FileStream source, FileAttributesToKeep read)
    {
        var complete = $"the target '{file.Target}' is complete, but the source was not deleted";
        var before = read.Status;
        if (before is not null && FileStatus.Of(source.SafeFileHandle) is { } now && (now.Modified != before.Modified || now.Length != before.Length))
            throw new IOException($"{complete}: it has changed meanwhile");
        if (before is not null && (FileStatus.Of(file.Source) is not { } named || FileIdentity.Of(named) != FileIdentity.Of(before)))
            throw new IOException($"{complete}: its name is another file's by now");
        try
        {
            File.Delete(file.Source);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{complete}: no permission to delete files of its folder", e);
        }
    }

    private bool ConvertStream(string file, Stream source, Stream target, out bool hasContent)
    {
        var input = new CountingStream(source);
        var output = new CountingStream(target);
        var start = context.Time.GetTimestamp();
        ConversionReport report;
        using (var progress = OpenProgress(file, input))
        {
            report = Convert(input, output, progress);
        }

        output.Flush();
        (var damages, hasContent) = report;
        foreach (var damage in damages)
            context.Errors.Add(NameOf(file), damage);
        if (damages.Count > 0)
            return false;
        _converted++;
        var read = ReadsAsItPleases(source) ? source.Length : input.Count;
        _inputLength += read;
        _outputLength += output.Count;
        if (ShowsSummaries)
            _streams.Error.WriteLine($"{ErrorReport.OneLine(NameOf(file))}: {Summary(read, output.Count, context.Time.GetElapsedTime(start))}");
        return true;
    }

    /// <summary>Whether every block is looked for: then some bytes are read twice, and not in order.</summary>
    private bool ReadsAsItPleases(Stream input) => options.Recover || (options.Destination == Destination.Nowhere && input.CanSeek);

    /// <returns>What became of the source, where what is wrong with it does not end the work.</returns>
    private ConversionReport Convert(CountingStream input, CountingStream output, IProgress<long>? progress)
    {
        if (options.Recover && !input.CanSeek)
            throw new IOException("recovering takes a file, not a pipe");
        if (ReadsAsItPleases(input))
            return conversion.Recover(input, output, progress, context.Interruption.Token);
        conversion.Convert(input, output, progress, context.Interruption.Token);
        return new ConversionReport([], true);
    }

    private Stream StandardOutput()
    {
        if (!_streams.OutputIsTerminal || options.Force)
            return _streams.Output;
        return conversion.Compresses
            ? throw new IOException("standard output is a terminal: use -o, or -f to write compressed data to it all the same")
            : new TextOnlyStream(_streams.Output);
    }

    private ProgressLine? OpenProgress(string file, CountingStream input)
    {
        if (options.Quiet || !_streams.ErrorIsTerminal)
            return null;
        var length = input.CanSeek && !options.Recover ? conversion.ContentLengthOf(input) : null;
        input.ResetCount();
        return new ProgressLine(_streams.Error, ErrorReport.OneLine(NameOf(file)), length, context.Time);
    }

    private string Summary(long inputLength, long outputLength, TimeSpan time)
    {
        var (content, compressed) = conversion.Compresses ? (inputLength, outputLength) : (outputLength, inputLength);
        var result = options.Destination == Destination.Nowhere
            ? FormattableString.Invariant($"OK, {inputLength} -> {outputLength} bytes")
            : FormattableString.Invariant($"{inputLength} -> {outputLength} bytes");
        var rate = content == 0 ? "" : FormattableString.Invariant($" ({8.0 * compressed / content:F2} bits/byte)");
        return $"{result}{rate} in {time.TotalSeconds.ToString("F1", CultureInfo.InvariantCulture)} s";
    }
}

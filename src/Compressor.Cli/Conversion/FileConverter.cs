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

    /// <summary>Converts the files, or standard input when there are none.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="OperationCanceledException">The user or the system has asked to stop.</exception>
    public int Run(IReadOnlyList<string> files)
    {
        foreach (var file in files is [] ? [StandardInput] : files)
        {
            try
            {
                ConvertFile(file);
            }
            catch (Exception e) when (ErrorReport.IsExpected(e))
            {
                context.Errors.Add(NameOf(file), e);
            }
        }

        return context.Errors.Any ? 1 : 0;
    }

    private static string NameOf(string file) => file == StandardInput ? "stdin" : file;

    private void ConvertFile(string file)
    {
        if (file == StandardInput)
        {
            if (_streams.InputIsTerminal && !options.Force)
                throw new IOException("standard input is a terminal: name a file, or use -f to type the data");
            using var input = _streams.OpenInput();
            ConvertSource(file, input, null);
            return;
        }

        using (var source = SourceFile.Open(file))
            ConvertSource(file, source, source.CanSeek ? FileAttributesToKeep.Of(source.SafeFileHandle) : null);
        if (options.RemoveSource)
            File.Delete(file);
    }

    private void ConvertSource(string file, Stream source, FileAttributesToKeep? attributes)
    {
        var path = options.Destination switch
        {
            Destination.Named => options.Output,
            Destination.Beside when file != StandardInput => conversion.TargetOf(file, options.Force),
            _ => null,
        };
        if (path is null)
        {
            ConvertStream(file, source, options.Destination == Destination.Nowhere ? Stream.Null : StandardOutput());
            return;
        }

        if (file != StandardInput && FileIdentity.AreSame(file, path))
            throw new IOException("the source and the target are the same file");
        using var output = new OutputFile(path, options.Force, attributes, context.Interruption);
        ConvertStream(file, source, output.Stream);
        output.Commit(toDisk: options.RemoveSource);
    }

    private void ConvertStream(string file, Stream source, Stream target)
    {
        var input = new CountingStream(source);
        var output = target as CountingStream ?? new CountingStream(target);
        var start = context.Time.GetTimestamp();
        using (var progress = OpenProgress(file, input))
            conversion.Convert(input, output, progress, context.Interruption.Token);
        output.Flush();
        if (!options.Quiet && (options.Verbose || _streams.ErrorIsTerminal))
            _streams.Error.WriteLine(Summary(file, input.Count, output.Count, context.Time.GetElapsedTime(start)));
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
        long? length = input.CanSeek ? conversion.ContentLengthOf(input) : null;
        input.ResetCount();
        return new ProgressLine(_streams.Error, ErrorReport.OneLine(NameOf(file)), length, context.Time);
    }

    private string Summary(string file, long inputLength, long outputLength, TimeSpan time)
    {
        var (content, compressed) = conversion.Compresses ? (inputLength, outputLength) : (outputLength, inputLength);
        var result = options.Destination == Destination.Nowhere
            ? FormattableString.Invariant($"OK, {inputLength} -> {outputLength} bytes")
            : FormattableString.Invariant($"{inputLength} -> {outputLength} bytes");
        var rate = content == 0 ? "" : FormattableString.Invariant($" ({8.0 * compressed / content:F2} bits/byte)");
        return $"{ErrorReport.OneLine(NameOf(file))}: {result}{rate} in {time.TotalSeconds.ToString("F1", CultureInfo.InvariantCulture)} s";
    }
}

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

        bool isWhole;
        using (var source = OpenSource(file))
            isWhole = ConvertSource(file, source, source.CanSeek ? FileAttributesToKeep.Of(source.SafeFileHandle) : null);
        if (options.RemoveSource && isWhole)
            File.Delete(file);
    }

    /// <summary>Where the user names no target, a source must be what it looks like.</summary>
    private FileStream OpenSource(string file) =>
        options is { Destination: Destination.Beside, Force: false } ? SourceFile.OpenRegular(file) : SourceFile.Open(file);

    /// <returns>Whether all of the source was converted.</returns>
    private bool ConvertSource(string file, Stream source, FileAttributesToKeep? attributes)
    {
        var path = options.Destination switch
        {
            Destination.Named => options.Output,
            Destination.Beside when file != StandardInput => InFolder(conversion.TargetOf(file, options.Force)),
            _ => null,
        };
        if (path is null)
        {
            return ConvertStream(file, source, options.Destination == Destination.Nowhere ? Stream.Null : StandardOutput());
        }

        if (file != StandardInput && FileIdentity.AreSame(file, path))
            throw new IOException("the source and the target are the same file");
        using var output = new OutputFile(path, options.Force, attributes, context.Interruption);
        var isWhole = ConvertStream(file, source, output.Stream);
        output.Commit(toDisk: options.RemoveSource);
        return isWhole;
    }

    private string InFolder(string target) =>
        options.OutputFolder is null ? target : Path.Combine(options.OutputFolder, Path.GetFileName(target));

    private bool ConvertStream(string file, Stream source, Stream target)
    {
        var input = new CountingStream(source);
        var output = target as CountingStream ?? new CountingStream(target);
        var start = context.Time.GetTimestamp();
        IReadOnlyList<string> damages;
        using (var progress = OpenProgress(file, input))
        {
            damages = Convert(input, output, progress);
        }

        output.Flush();
        foreach (var damage in damages)
            context.Errors.Add(NameOf(file), damage);
        if (damages.Count == 0 && !options.Quiet && (options.Verbose || _streams.ErrorIsTerminal))
            _streams.Error.WriteLine(Summary(file, input.Count, output.Count, context.Time.GetElapsedTime(start)));
        return damages.Count == 0;
    }

    /// <returns>What is wrong with the source, where that does not end the work.</returns>
    private IReadOnlyList<string> Convert(CountingStream input, CountingStream output, IProgress<long>? progress)
    {
        if (options.Recover && !input.CanSeek)
            throw new IOException("recovering takes a file, not a pipe");
        if (options.Recover || (options.Destination == Destination.Nowhere && input.CanSeek))
            return conversion.Recover(input, output, progress, context.Interruption.Token);
        conversion.Convert(input, output, progress, context.Interruption.Token);
        return [];
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
        long? length = input.CanSeek && !options.Recover ? conversion.ContentLengthOf(input) : null;
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

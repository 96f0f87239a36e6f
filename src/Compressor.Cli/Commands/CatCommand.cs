using System.CommandLine;
using Compressor.Cli.Conversion;
using Compressor.Cli.Files;
using Compressor.Cli.Terminal;

namespace Compressor.Cli.Commands;

/// <summary><c>compressor cat</c>.</summary>
internal sealed class CatCommand : ToolCommand
{
    private readonly Argument<string[]> _files = new("FILE") { Description = "The files; - is standard input.", Arity = ArgumentArity.OneOrMore };

    private readonly Option<string?> _range = CommonOptions.OneValue(
        "--range", "-r", "RANGE", "Only these bytes of each file: FIRST-LAST (from 0, both included), FIRST-, or -COUNT for the last ones.");

    private readonly Option<string[]> _models = CommonOptions.Models();
    private readonly Option<string[]> _dictionary = CommonOptions.Dictionary();
    private readonly Option<long?> _maxSize = CommonOptions.MaxSize();
    private readonly Option<int> _threads = CommonOptions.Threads();
    private readonly Option<bool> _force = CommonOptions.Flag("--force", "-f", "Write content that is not text to a terminal.");

    public CatCommand(ToolContext context)
        : base("cat", "Writes the content of each FILE to standard output, or a part of it: only the blocks it is in are decompressed.")
    {
        foreach (var option in (ReadOnlySpan<Option>)[_range, _models, _dictionary, _maxSize, _threads, _force])
            Add(option);
        Add(_files);
        _range.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && ByteRange.TryParse(text) is null)
                result.AddError($"--range must be FIRST-LAST, FIRST- or -COUNT, not '{text}'");
        });
        SetAction(result =>
        {
            var options = new LmzDecompressionOptions
            {
                Models = context.Models.Candidates(result.GetValue(_models) ?? []),
                Dictionary = CommonOptions.ReadDictionary(result.GetValue(_dictionary) ?? []),
                Threads = result.GetValue(_threads),
                MaxContentLength = result.GetValue(_maxSize) ?? long.MaxValue,
            };
            var range = result.GetValue(_range) is { } text ? ByteRange.TryParse(text)! : ByteRange.All;
            var output = context.Streams.OutputIsTerminal && !result.GetValue(_force) ? new TextOnlyStream(context.Streams.Output) : context.Streams.Output;
            foreach (var file in result.GetValue(_files) ?? [])
                Write(context, file, range, options, output);
            return context.Errors.Any ? Tool.Failure : 0;
        });
    }

    public override string Examples => """
        compressor cat book.txt.lmz | less
        compressor cat --range 1000000-1000999 book.txt.lmz     a thousand bytes from the middle
        compressor cat --range -100 book.txt.lmz                the last hundred
        ssh host cat book.txt.lmz | compressor cat -
        """;

    private static void Write(ToolContext context, string file, ByteRange range, LmzDecompressionOptions options, Stream output)
    {
        var isInput = file == FileConverter.StandardInput;
        try
        {
            if (isInput && context.Streams.InputIsTerminal)
                throw new IOException("standard input is a terminal: name a file");
            using var source = isInput ? context.Streams.OpenInput() : SourceFile.Open(file);
            if (source.CanSeek)
                WriteRange(source, range, options, output, context.Interruption.Token);
            else
                WriteRangeOfPipe(context, source, range, options, output);
            output.Flush();
        }
        catch (Exception e) when (ErrorReport.IsExpected(e))
        {
            context.Errors.Add(isInput ? "stdin" : file, e);
        }
    }

    private static void WriteRange(Stream source, ByteRange range, LmzDecompressionOptions options, Stream output, CancellationToken cancellation)
    {
        using var reader = Open(source, options);
        var (offset, length) = range.In(reader.Length);
        reader.CopyTo(output, offset, length, null, cancellation);
    }

    private static LmzReader Open(Stream source, LmzDecompressionOptions options)
    {
        try
        {
            return new LmzReader(source, options);
        }
        catch (InvalidDataException e) when (source.Length > 0)
        {
            // Without all block headers nobody knows which content is where.
            throw new InvalidDataException($"{e.Message.TrimEnd('.')}; 'compressor decompress --recover' saves what can be saved", e);
        }
    }

    /// <summary>Where the blocks of a range are is said at the end of the data: a pipe must be kept to get there.</summary>
    private static void WriteRangeOfPipe(ToolContext context, Stream source, ByteRange range, LmzDecompressionOptions options, Stream output)
    {
        if (range == ByteRange.All)
        {
            Lmz.Decompress(source, output, options, null, context.Interruption.Token);
            return;
        }

        var path = Path.GetTempFileName();
        using var removal = context.Interruption.OnAbort(() => File.Delete(path));
        using var kept = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Delete, bufferSize: 1 << 16, FileOptions.DeleteOnClose);
        source.CopyTo(kept);
        kept.Position = 0;
        WriteRange(kept, range, options, output, context.Interruption.Token);
    }
}

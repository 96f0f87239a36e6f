using System.CommandLine;
using Compressor.Cli.Files;
using Compressor.Cli.Terminal;

namespace Compressor.Cli.Commands;

/// <summary><c>compressor cat</c>.</summary>
internal sealed class CatCommand : ToolCommand
{
    private readonly Argument<string[]> _files = new("FILE") { Description = "The files.", Arity = ArgumentArity.OneOrMore };

    private readonly Option<string?> _range = CommonOptions.OneValue(
        "--range", "-r", "RANGE", "Only these bytes of each file: FIRST-LAST (from 0, both included), FIRST-, or -COUNT for the last ones.");

    private readonly Option<string[]> _models = CommonOptions.Models();
    private readonly Option<string[]> _dictionary = CommonOptions.Dictionary();
    private readonly Option<int> _threads = CommonOptions.Threads();
    private readonly Option<bool> _force = CommonOptions.Flag("--force", "-f", "Write content that is not text to a terminal.");

    public CatCommand(ToolContext context)
        : base("cat", "Writes the content of each FILE to standard output, or a part of it: only the blocks it is in are decompressed.")
    {
        foreach (var option in (ReadOnlySpan<Option>)[_range, _models, _dictionary, _threads, _force])
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
                Dictionary = CommonOptions.ReadDictionary(result.GetValue(_dictionary)),
                Threads = result.GetValue(_threads),
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
        """;

    private static void Write(ToolContext context, string file, ByteRange range, LmzDecompressionOptions options, Stream output)
    {
        try
        {
            using var source = SourceFile.Open(file);
            if (!source.CanSeek)
                throw new IOException("is no regular file: use decompress -c");
            using var reader = new LmzReader(source, options);
            var (offset, length) = range.In(reader.Length);
            reader.CopyTo(output, offset, length, null, context.Interruption.Token);
            output.Flush();
        }
        catch (Exception e) when (ErrorReport.IsExpected(e))
        {
            context.Errors.Add(file, e);
        }
    }
}

using System.CommandLine;
using Compressor.Cli.Conversion;
using Compressor.Cli.Parts;

namespace Compressor.Cli.Commands;

/// <summary><c>compressor test</c>.</summary>
internal sealed class TestCommand : ToolCommand
{
    private readonly FileSelection _files;
    private readonly Option<string[]> _models = CommonOptions.Models();
    private readonly Option<string[]> _dictionary = CommonOptions.Dictionary();
    private readonly Option<long?> _maxSize = CommonOptions.MaxSize();
    private readonly Option<int> _threads = CommonOptions.Threads();
    private readonly EngineOptions _engine = new();
    private readonly Option<bool> _force = CommonOptions.Flag("--force", "-f", "Read compressed data from a terminal.");
    private readonly PartOption _part = new("Only part I of N of the blocks.");
    private readonly Option<bool> _quiet = CommonOptions.Quiet();
    private readonly Option<bool> _verbose = CommonOptions.Verbose();

    public TestCommand(ToolContext context)
        : base("test", "Decompresses each FILE to nowhere: are its bytes all there and right? Names every bad block.")
    {
        _files = new FileSelection(this, "The files; none or - is standard input.");
        Add(_models);
        Add(_dictionary);
        Add(_maxSize);
        Add(_threads);
        _engine.AddTo(this);
        Add(_part);
        Add(_force);
        Add(_quiet);
        Add(_verbose);
        SetAction(result =>
        {
            var decompression = new LmzDecompressionOptions
            {
                Models = _engine.Apply(context, result, result.GetValue(_threads)).Candidates(result.GetValue(_models) ?? []),
                Dictionary = CommonOptions.ReadDictionary(result.GetValue(_dictionary) ?? []),
                Threads = result.GetValue(_threads),
                MaxContentLength = result.GetValue(_maxSize) ?? long.MaxValue,
            };
            var options = new ConversionOptions(Destination.Nowhere)
            {
                Force = result.GetValue(_force),
                Quiet = result.GetValue(_quiet),
                Verbose = result.GetValue(_verbose),
            };
            var files = _files.Of(result, context);
            return result.GetValue(_part) is { } part
                ? new PartConverter(context, new PartDecompression(context, decompression, options, isShared: false), options).Run(files, part)
                : new FileConverter(context, new Decompression(decompression), options).Run(files);
        });
    }

    public override string Examples => """
        compressor test *.lmz && echo all good
        """;
}

using System.CommandLine;
using Compressor.Cli.Conversion;

namespace Compressor.Cli.Commands;

/// <summary><c>compressor test</c>.</summary>
internal sealed class TestCommand : ToolCommand
{
    private readonly Argument<string[]> _files = CommonOptions.Files("The files; none or - is standard input.");
    private readonly Option<string[]> _models = CommonOptions.Models();
    private readonly Option<string[]> _dictionary = CommonOptions.Dictionary();
    private readonly Option<long?> _maxSize = CommonOptions.MaxSize();
    private readonly Option<int> _threads = CommonOptions.Threads();
    private readonly EngineOptions _engine = new();
    private readonly Option<bool> _force = CommonOptions.Flag("--force", "-f", "Read compressed data from a terminal.");
    private readonly Option<bool> _quiet = CommonOptions.Quiet();
    private readonly Option<bool> _verbose = CommonOptions.Verbose();

    public TestCommand(ToolContext context)
        : base("test", "Decompresses each FILE to nowhere: are its bytes all there and right? Names every bad block.")
    {
        Add(_files);
        Add(_models);
        Add(_dictionary);
        Add(_maxSize);
        Add(_threads);
        _engine.AddTo(this);
        Add(_force);
        Add(_quiet);
        Add(_verbose);
        SetAction(result =>
        {
            var decompression = new Decompression(new LmzDecompressionOptions
            {
                Models = _engine.Apply(context, result, result.GetValue(_threads)).Candidates(result.GetValue(_models) ?? []),
                Dictionary = CommonOptions.ReadDictionary(result.GetValue(_dictionary) ?? []),
                Threads = result.GetValue(_threads),
                MaxContentLength = result.GetValue(_maxSize) ?? long.MaxValue,
            });
            var options = new ConversionOptions(Destination.Nowhere)
            {
                Force = result.GetValue(_force),
                Quiet = result.GetValue(_quiet),
                Verbose = result.GetValue(_verbose),
            };
            return new FileConverter(context, decompression, options).Run(result.GetValue(_files) ?? []);
        });
    }

    public override string Examples => """
        compressor test *.lmz && echo all good
        """;
}

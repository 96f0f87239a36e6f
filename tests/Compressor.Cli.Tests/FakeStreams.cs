using Compressor.Cli.Models;
using Compressor.Cli.Terminal;
using Compressor.Trainer;

namespace Compressor.Cli.Tests;

/// <summary>Runs the tool in this process, with standard streams that may say they are terminals.</summary>
internal sealed class FakeStreams : IDisposable
{
    private readonly MemoryStream _output = new();
    private readonly StringWriter _error = new();

    public byte[] Input { get; init; } = [];

    public bool AreTerminals { get; init; }

    public ModelCatalog Models { get; init; } = new([]);

    public ToolRun Run(params string[] arguments)
    {
        using var interruption = new Interruption();
        var streams = new StandardStreams
        {
            OpenInput = () => new MemoryStream(Input),
            Output = _output,
            Error = _error,
            InputIsTerminal = AreTerminals,
            OutputIsTerminal = AreTerminals,
            ErrorIsTerminal = AreTerminals,
        };
        var exitCode = Tool.Run(arguments, new ToolContext(streams, Models, interruption) { Time = new ManualClock(), Torch = new LinkedTorch() });
        return new ToolRun(exitCode, _output.ToArray(), _error.ToString());
    }

    public void Dispose()
    {
        _output.Dispose();
        _error.Dispose();
    }
}

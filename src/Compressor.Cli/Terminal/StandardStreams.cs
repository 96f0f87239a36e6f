namespace Compressor.Cli.Terminal;

/// <summary>The three streams that a process is given, and which of them are terminals.</summary>
internal sealed class StandardStreams : IDisposable
{
    /// <summary>Opens the input, bytes. Most commands do not read it.</summary>
    public required Func<Stream> OpenInput { get; init; }

    /// <summary>Data: bytes of files, or the report that a command is asked for. Never messages.</summary>
    public required Stream Output { get; init; }

    /// <summary>Messages for people.</summary>
    public required TextWriter Error { get; init; }

    public bool InputIsTerminal { get; init; }

    public bool OutputIsTerminal { get; init; }

    public bool ErrorIsTerminal { get; init; }

    public static StandardStreams OfProcess() => new()
    {
        OpenInput = Console.OpenStandardInput,
        Output = Console.OpenStandardOutput(),
        Error = Console.Error,
        InputIsTerminal = !Console.IsInputRedirected,
        OutputIsTerminal = !Console.IsOutputRedirected,
        ErrorIsTerminal = !Console.IsErrorRedirected,
    };

    /// <summary>Writes text to <see cref="Output"/> as it is shown on every system.</summary>
    public void WriteReport(string text) => Output.Write(System.Text.Encoding.UTF8.GetBytes(text));

    public void Dispose()
    {
        Output.Dispose();
        Error.Flush();
    }
}

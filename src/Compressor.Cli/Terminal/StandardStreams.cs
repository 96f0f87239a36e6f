using System.Text;
using Compressor.Cli.Files;
using Microsoft.Win32.SafeHandles;

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

    /// <summary>Whether the program stands in a pipe: data comes from elsewhere and goes elsewhere.</summary>
    public bool IsPipe => !InputIsTerminal && !OutputIsTerminal;

    /// <summary>The file that is the input, if it is one that could be written to as well; null for a pipe or a terminal.</summary>
    public FileIdentity? InputFile { get; init; }

    /// <summary>The file that the output is, if it is one; null for a pipe or a terminal.</summary>
    public FileIdentity? OutputFile { get; init; }

    public static StandardStreams OfProcess() => new()
    {
        InputFile = FileOf(0),
        OutputFile = FileOf(1),
        OpenInput = OpenStandardInput,
        Output = OpenStandardOutput(),
        Error = new StreamWriter(new MessageOutput(OpenStandardError()), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true },
        InputIsTerminal = !Console.IsInputRedirected,
        OutputIsTerminal = !Console.IsOutputRedirected,
        ErrorIsTerminal = !Console.IsErrorRedirected,
    };

    /// <summary>Writes text to <see cref="Output"/> as it is shown on every system.</summary>
    public void WriteReport(string text) => Output.Write(Encoding.UTF8.GetBytes(text));

    public void Dispose()
    {
        Output.Dispose();
        Error.Dispose();
    }

    private static FileIdentity? FileOf(int descriptor)
    {
        if (OperatingSystem.IsWindows())
            return null;
        using var handle = new SafeFileHandle(descriptor, ownsHandle: false);
        return FileStatus.Of(handle) is { Kind: FileKind.Regular } status ? FileIdentity.Of(status) : null;
    }

    private static Stream OpenStandardOutput() =>
        (OperatingSystem.IsWindows() ? null : DirectOutput.TryOpen(1)) ?? Console.OpenStandardOutput();

    /// <summary>Messages that nobody reads do not end the work.</summary>
    private static Stream OpenStandardError() =>
        (OperatingSystem.IsWindows() || Console.IsErrorRedirected ? null : DirectOutput.TryOpen(2)) ?? Console.OpenStandardError();

    private static Stream OpenStandardInput() =>
        InputIsOfRuntime() ? throw new IOException("standard input is closed") : Console.OpenStandardInput();

    /// <summary>
    /// A process that starts with its input closed gets, as its first file, what the runtime opens first: a pipe to itself,
    /// and reading from that would never end. So it is one whose other end, for writing, is in this process too.
    /// </summary>
    private static bool InputIsOfRuntime()
    {
        const string Files = "/proc/self/fd";
        if (!OperatingSystem.IsLinux() || new FileInfo($"{Files}/0").LinkTarget is not { } input || !input.StartsWith("pipe:", StringComparison.Ordinal))
            return false;
        return Directory.EnumerateFileSystemEntries(Files)
            .Select(file => Path.GetFileName(file))
            .Any(file => file is not ("0" or "1" or "2") && new FileInfo($"{Files}/{file}").LinkTarget == input && IsForWriting(file));
    }

    private static bool IsForWriting(string file)
    {
        const int AccessMode = 3;
        const int WriteOnly = 1;
        var flags = File.ReadLines($"/proc/self/fdinfo/{file}").First(line => line.StartsWith("flags:", StringComparison.Ordinal)); // octal
        return ((flags[^1] - '0') & AccessMode) == WriteOnly;
    }
}

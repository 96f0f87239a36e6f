using Compressor.Cli.Files;
using Microsoft.Win32.SafeHandles;

namespace Compressor.Cli.Terminal;

/// <summary>
/// A terminal or a pipe of Unix, written as it is. The runtime's own stream puts a terminal into the mode of programs that read single
/// keys (ESC [ ? 1 h) before it writes, and says nothing of a pipe whose reader has gone: the tool would work on for nobody.
/// </summary>
internal sealed class DirectOutput : CountingStream
{
    private const int BrokenPipe = 32; // EPIPE, on every Unix

    private DirectOutput(FileStream stream)
        : base(stream)
    {
    }

    /// <summary>The stream of a descriptor, or null for a file: a file stream writes where it last was, not where others who share the file have got to.</summary>
    public static Stream? TryOpen(int descriptor)
    {
        var stream = new FileStream(new SafeFileHandle(descriptor, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        return stream.CanSeek ? null : new DirectOutput(stream);
    }

    /// <exception cref="ReaderGoneException">It is a pipe that nobody reads any more.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            base.Write(buffer);
        }
        catch (IOException e) when (e.HResult == BrokenPipe)
        {
            throw new ReaderGoneException(e);
        }
    }
}

/// <summary>Nobody reads the tool's output any more, as after <c>| head</c>: there is nothing left to do, and nothing to report.</summary>
internal sealed class ReaderGoneException(IOException inner) : Exception("Nobody reads the output any more.", inner)
{
    /// <summary>128 and the number of SIGPIPE, which ends other tools then.</summary>
    public const int ExitCode = 128 + 13;
}

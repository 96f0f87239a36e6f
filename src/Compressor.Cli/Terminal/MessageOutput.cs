using Compressor.Cli.Files;

namespace Compressor.Cli.Terminal;

/// <summary>Where messages go. One that cannot be written, because standard error is closed or its disk full, is lost and does not end the work.</summary>
internal sealed class MessageOutput(Stream stream) : CountingStream(stream)
{
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            base.Write(buffer);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) // the latter where the stream was never open
        {
            // The exit code still tells.
        }
    }
}

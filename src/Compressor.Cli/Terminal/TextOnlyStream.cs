using Compressor.Cli.Files;

namespace Compressor.Cli.Terminal;

/// <summary>Lets text through to a terminal and refuses the rest, which could change its state.</summary>
internal sealed class TextOnlyStream(Stream terminal) : CountingStream(terminal)
{
    /// <exception cref="IOException">There is a control character other than white space.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        foreach (var value in buffer)
        {
            if (value is < 0x20 and not ((byte)'\t' or (byte)'\n' or (byte)'\f' or (byte)'\r') or 0x7F)
                throw new IOException("the content is not text and standard output is a terminal: use -o, or -f to write it all the same");
        }

        base.Write(buffer);
    }
}

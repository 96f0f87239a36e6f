namespace Compressor.Cli.Files;

/// <summary>The lines of a stream of bytes in any encoding whose line end is the byte 10.</summary>
internal static class Lines
{
    private const int BufferLength = 1 << 16;

    /// <summary>Each line without its line end; a last one that has none is a line too.</summary>
    /// <param name="source">Read to its end.</param>
    /// <param name="maxLength">The most bytes of a line.</param>
    /// <exception cref="IOException">A line is longer.</exception>
    public static IEnumerable<ReadOnlyMemory<byte>> Of(Stream source, int maxLength)
    {
        var buffer = new byte[BufferLength];
        var line = new MemoryStream();
        var number = 1L;
        int read;
        while ((read = source.Read(buffer)) > 0)
        {
            var start = 0;
            while (start < read)
            {
                var end = Array.IndexOf(buffer, (byte)'\n', start, read - start);
                line.Write(buffer, start, (end < 0 ? read : end) - start);
                if (line.Length > maxLength)
                    throw new IOException($"line {number} has more than {maxLength} bytes");
                if (end < 0)
                    break;
                yield return line.ToArray();
                line.SetLength(0);
                number++;
                start = end + 1;
            }
        }

        if (line.Length > 0)
            yield return line.ToArray();
    }
}

using ICSharpCode.SharpZipLib.BZip2;

namespace Compressor.Benchmarks.Codecs;

/// <summary>bzip2 by SharpZipLib: managed, so its size is bzip2's own, its speed is not.</summary>
public sealed class Bzip2Codec(int level) : Codec
{
    public override string Name => $"bzip2-{level}";

    public override string Version => $"SharpZipLib {typeof(BZip2OutputStream).Assembly.GetName().Version?.ToString(3)}";

    public override byte[] Compress(byte[] content)
    {
        using var data = new MemoryStream();
        using (var stream = new BZip2OutputStream(data, level) { IsStreamOwner = false }) stream.Write(content);
        return data.ToArray();
    }

    public override byte[] Decompress(byte[] data, int contentLength)
    {
        using var stream = new BZip2InputStream(new MemoryStream(data));
        var content = new MemoryStream(contentLength);
        stream.CopyTo(content);
        return content.ToArray();
    }
}

using System.IO.Compression;

namespace Compressor.Benchmarks.Codecs;

/// <summary>Brotli of the framework, with its largest standard window.</summary>
public sealed class BrotliCodec(int level) : Codec
{
    private const int WindowBits = 24;

    public override string Name => $"brotli-{level}";

    public override string Version => $"Brotli of .NET {Environment.Version}";

    public override byte[] Compress(byte[] content)
    {
        var data = new byte[BrotliEncoder.GetMaxCompressedLength(content.Length)];
        return BrotliEncoder.TryCompress(content, data, out var length, level, WindowBits)
            ? data[..length]
            : throw new InvalidOperationException("Brotli exceeded its own bound");
    }

    public override byte[] Decompress(byte[] data, int contentLength)
    {
        var content = new byte[contentLength];
        return BrotliDecoder.TryDecompress(data, content, out var length)
            ? content[..length]
            : throw new InvalidDataException("not the Brotli data of this content");
    }
}

using Compressor.Benchmarks.Native;

namespace Compressor.Benchmarks.Codecs;

/// <summary>LZMA2 in the .xz container by the system's liblzma, with the extreme preset, as <c>xz -9e</c> does.</summary>
public sealed class XzCodec(int level) : Codec
{
    public override string Name => $"xz-{level}";

    public override string Version => $"liblzma {LibLzma.Version}";

    public override string? Missing => LibLzma.Missing;

    public override byte[] Compress(byte[] content) => LibLzma.Compress(content, level, extreme: true);

    public override byte[] Decompress(byte[] data, int contentLength) => LibLzma.Decompress(data, contentLength);
}

using Compressor.Benchmarks.Native;

namespace Compressor.Benchmarks.Codecs;

/// <summary>Zstandard by the system's libzstd. Level 22 gets a window that covers 128 MiB, as <c>--long=27</c> does.</summary>
public sealed class ZstdCodec(int level) : Codec
{
    private const int LongWindowLog = 27;

    public override string Name => $"zstd-{level}";

    public override string Version => $"libzstd {LibZstd.Version}";

    public override string? Missing => LibZstd.Missing;

    public override byte[] Compress(byte[] content) => LibZstd.Compress(content, level, level == 22 ? LongWindowLog : null);

    public override byte[] Decompress(byte[] data, int contentLength) => LibZstd.Decompress(data, contentLength, LongWindowLog);
}

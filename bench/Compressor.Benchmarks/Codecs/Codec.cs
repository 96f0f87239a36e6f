namespace Compressor.Benchmarks.Codecs;

/// <summary>A compressor that runs in this process: whole arrays in, whole arrays out.</summary>
public abstract class Codec
{
    /// <summary>How tables and the command line call it, for example <c>zstd-19</c>.</summary>
    public abstract string Name { get; }

    /// <summary>What does the work, with its version.</summary>
    public abstract string Version { get; }

    /// <summary>Bytes that the receiver needs besides the compressed file: the language model, or 0.</summary>
    public virtual long ModelBytes => 0;

    /// <summary>Why it cannot run on this machine, or null when it can.</summary>
    public virtual string? Missing => null;

    /// <summary>The compressed bytes.</summary>
    public abstract byte[] Compress(byte[] content);

    /// <summary>The content again, whose length the caller knows.</summary>
    public abstract byte[] Decompress(byte[] data, int contentLength);

    public override string ToString() => Name;
}

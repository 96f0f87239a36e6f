namespace Compressor.Benchmarks.Corpus;

/// <summary>A compressor in a comparison. Each step of each runs in a process of its own, so that memory can be told apart.</summary>
public abstract class Contestant
{
    public abstract string Name { get; }

    /// <summary>The program or library that does the work, with its version.</summary>
    public abstract string Version { get; }

    /// <summary>Bytes that the receiver needs besides the compressed file.</summary>
    public virtual long ModelBytes => 0;

    /// <summary>Compresses one file into another.</summary>
    /// <exception cref="InvalidOperationException">The step failed; the message says how.</exception>
    public abstract Cost Compress(string input, string output);

    /// <summary>Decompresses one file into another.</summary>
    /// <exception cref="InvalidOperationException">The step failed; the message says how.</exception>
    public abstract Cost Decompress(string input, string output);
}

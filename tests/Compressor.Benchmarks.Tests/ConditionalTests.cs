using Compressor.Benchmarks.Codecs;

namespace Compressor.Benchmarks.Tests;

/// <summary>A theory over a codec of the system, skipped with a line that says what is missing.</summary>
public sealed class TheoryOverCodecAttribute : TheoryAttribute
{
    public TheoryOverCodecAttribute(string codec) => Skip = CodecCatalog.Find(codec).Missing;
}

/// <summary>A fact that needs a POSIX shell.</summary>
public sealed class ShellFactAttribute : FactAttribute
{
    public ShellFactAttribute() => Skip = File.Exists("/bin/sh") ? null : "there is no /bin/sh";
}

using System.Diagnostics;
using System.Globalization;
using Compressor.Benchmarks.Codecs;

namespace Compressor.Benchmarks.Corpus;

/// <summary>
/// A <see cref="Codec"/> in a child process of this program. The child times the call alone, so that starting a runtime is
/// not held against a library; its memory includes the runtime.
/// </summary>
internal sealed class LibraryContestant(Codec codec) : Contestant
{
    /// <summary>The first argument that makes this program such a child.</summary>
    public const string ChildCommand = "run-codec";

    private const string CompressVerb = "compress", DecompressVerb = "decompress";

    private long _contentLength;   // of the file compressed last: what a container would have said

    public override string Name => codec.Name;

    public override string Version => codec.Version;

    public override long ModelBytes => codec.ModelBytes;

    public override Cost Compress(string input, string output)
    {
        _contentLength = new FileInfo(input).Length;
        return Run(CompressVerb, input, output);
    }

    public override Cost Decompress(string input, string output) => Run(DecompressVerb, input, output);

    private Cost Run(string verb, string input, string output)
    {
        var self = Environment.ProcessPath!;
        string[] assembly = Path.GetFileNameWithoutExtension(self) == "dotnet" ? [typeof(LibraryContestant).Assembly.Location] : [];
        string[] arguments = [.. assembly, ChildCommand, codec.Name, verb, input, output, _contentLength.ToString(CultureInfo.InvariantCulture)];
        var outside = MeasuredProcess.Run(self, arguments, out var text);
        return outside with { Seconds = double.Parse(text, CultureInfo.InvariantCulture) };
    }

    /// <summary>The child: does one step and prints the seconds that the call took.</summary>
    public static int RunChild(string[] arguments)
    {
        var codec = CodecCatalog.Find(arguments[0]);
        var input = File.ReadAllBytes(arguments[2]);
        var clock = Stopwatch.StartNew();
        var output = arguments[1] == CompressVerb
            ? codec.Compress(input)
            : codec.Decompress(input, int.Parse(arguments[4], CultureInfo.InvariantCulture));
        var seconds = clock.Elapsed.TotalSeconds;
        File.WriteAllBytes(arguments[3], output);
        Console.Write(seconds.ToString("R", CultureInfo.InvariantCulture));
        return 0;
    }
}

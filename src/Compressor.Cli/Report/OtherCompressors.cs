using System.ComponentModel;
using System.Diagnostics;
using System.IO.Compression;

namespace Compressor.Cli.Report;

/// <summary>Compresses a file with what else there is: the framework's codecs, and the programs zstd and xz where they are installed.</summary>
internal static class OtherCompressors
{
    private static readonly (string Name, string Program, string[] Arguments)[] Programs =
    [
        ("zstd -22", "zstd", ["-q", "--ultra", "-22", "--long=27", "-c"]),
        ("xz -9e", "xz", ["-q", "-9e", "-c"]),
    ];

    /// <summary>Sizes, and a sentence about programs that are not there.</summary>
    public static (IReadOnlyList<OtherCompressor> Results, string Note) Run(byte[] content)
    {
        var results = new List<OtherCompressor>
        {
            new("gzip -9", Length(content, target => new GZipStream(target, CompressionLevel.SmallestSize, leaveOpen: true))),
            new("brotli -11", Length(content, target => new BrotliStream(target, CompressionLevel.SmallestSize, leaveOpen: true))),
        };
        var missing = new List<string>();
        foreach (var (name, program, arguments) in Programs)
        {
            if (RunProgram(program, arguments, content) is { } length) results.Add(new OtherCompressor(name, length));
            else missing.Add(program);
        }

        return (results, missing.Count == 0 ? "" : $"Not asked, because not installed or failing: {string.Join(", ", missing)}.");
    }

    private static long Length(byte[] content, Func<Stream, Stream> open)
    {
        using var target = new MemoryStream();
        using (var stream = open(target)) stream.Write(content);
        return target.Length;
    }

    /// <summary>The length of what the program makes of its input, or null.</summary>
    private static long? RunProgram(string program, string[] arguments, byte[] content)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using var process = Process.Start(start)!;
            using var output = new MemoryStream();
            Task copy = process.StandardOutput.BaseStream.CopyToAsync(output), errors = process.StandardError.ReadToEndAsync();
            process.StandardInput.BaseStream.Write(content);
            process.StandardInput.Close();
            Task.WaitAll(copy, errors);
            process.WaitForExit();
            return process.ExitCode == 0 ? output.Length : null;
        }
        catch (Exception e) when (e is Win32Exception or IOException)
        {
            return null;
        }
    }
}

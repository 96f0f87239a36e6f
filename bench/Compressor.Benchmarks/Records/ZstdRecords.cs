using System.Diagnostics;

namespace Compressor.Benchmarks.Records;

/// <summary>What the zstd program makes of records: its trainer's dictionary, and each record as a file at level 19.</summary>
internal static class ZstdRecords
{
    /// <summary>The bytes of all records together, without checksums; the dictionary is not counted.</summary>
    /// <exception cref="InvalidOperationException">There is no zstd, or it fails.</exception>
    public static long SizeOf(RecordSet set)
    {
        var folder = Directory.CreateTempSubdirectory("records-").FullName;
        try
        {
            WriteAll(Path.Combine(folder, "train"), set.Samples);
            WriteAll(Path.Combine(folder, "test"), set.Tests);
            var dictionary = Path.Combine(folder, "dictionary");
            Run("-q", "--train", "-r", Path.Combine(folder, "train"), $"--maxdict={LmzDictionary.DefaultTrainedLength}", "-o", dictionary);
            Run("-q", "-19", "--no-check", "-D", dictionary, "-r", Path.Combine(folder, "test"));
            return Directory.EnumerateFiles(Path.Combine(folder, "test"), "*.zst").Sum(file => new FileInfo(file).Length);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void WriteAll(string folder, byte[][] records)
    {
        Directory.CreateDirectory(folder);
        foreach (var (i, record) in records.Index())
            File.WriteAllBytes(Path.Combine(folder, $"{i:D7}"), record);
    }

    private static void Run(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("zstd", arguments) { RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"zstd {string.Join(' ', arguments)}: {errors}");
    }
}

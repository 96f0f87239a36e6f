using System.Diagnostics;
using System.Globalization;

namespace Compressor.Benchmarks.Corpus;

/// <summary>Runs a command to its end and measures it from outside.</summary>
internal static class MeasuredProcess
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(5);

    /// <param name="program">The program to start.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="output">Its standard output.</param>
    /// <returns>Start to exit, and the largest sum of the resident peaks of it and its descendants, sampled every 5 ms.</returns>
    /// <exception cref="InvalidOperationException">It cannot be started, or its exit code is not 0.</exception>
    public static Cost Run(string program, IEnumerable<string> arguments, out string output)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        var clock = Stopwatch.StartNew();
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
        Task<string> written = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
        long peak = 0;
        while (!process.WaitForExit(Interval)) peak = Math.Max(peak, ResidentPeak(process.Id));
        var seconds = clock.Elapsed.TotalSeconds;
        process.WaitForExit();
        output = written.Result;
        return process.ExitCode == 0
            ? new Cost(seconds, peak)
            : throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {errors.Result.Trim().ReplaceLineEndings(" ")}");
    }

    /// <summary>The kernel keeps each process's peak (VmHWM), so a sample misses only what a process did in its last moments.</summary>
    private static long ResidentPeak(int process)
    {
        if (!OperatingSystem.IsLinux()) return 0;
        try
        {
            var line = File.ReadLines($"/proc/{process}/status").FirstOrDefault(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
            var own = line is null ? 0 : 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture);
            var children = File.ReadAllText($"/proc/{process}/task/{process}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return own + children.Sum(child => ResidentPeak(int.Parse(child, CultureInfo.InvariantCulture)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;   // it has just ended
        }
    }
}

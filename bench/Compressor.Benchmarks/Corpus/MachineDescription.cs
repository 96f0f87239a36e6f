using System.Runtime.InteropServices;

namespace Compressor.Benchmarks.Corpus;

/// <summary>What the figures were measured on.</summary>
internal static class MachineDescription
{
    public static IEnumerable<(string What, string Value)> Lines()
    {
        yield return ("processor", $"{Processor()}, {Environment.ProcessorCount} cores, {RuntimeInformation.ProcessArchitecture}");
        yield return ("system", RuntimeInformation.OSDescription);
        yield return ("runtime", RuntimeInformation.FrameworkDescription);
        yield return ("date", DateTime.UtcNow.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));
    }

    private static string Processor()
    {
        if (!File.Exists("/proc/cpuinfo")) return Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? "unknown";
        var lines = File.ReadAllLines("/proc/cpuinfo");
        string Field(string name) => lines.FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal))?.Split(':', 2)[1].Trim() ?? "?";
        return $"{Field("model name")} (family {Field("cpu family")}, model {Field("model\t")})";
    }
}

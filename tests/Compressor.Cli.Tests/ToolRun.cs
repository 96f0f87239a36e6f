using System.Diagnostics;
using System.Text;

namespace Compressor.Cli.Tests;

/// <summary>What the tool did as a process of its own.</summary>
public sealed record ToolRun(int ExitCode, byte[] Output, string Errors)
{
    public string OutputText => Encoding.UTF8.GetString(Output);

    public static ToolRun Start(string folder, string models, string[] arguments, byte[]? input = null, string? variable = null) =>
        Finish(Launch(folder, models, arguments, variable), input);

    /// <summary>Gives a process its input and waits for what it does.</summary>
    public static ToolRun Finish(Process process, byte[]? input)
    {
        using var _ = process;
        var errors = process.StandardError.ReadToEndAsync();
        var output = new MemoryStream();
        var copy = process.StandardOutput.BaseStream.CopyToAsync(output);
        try
        {
            process.StandardInput.BaseStream.Write(input ?? []);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading its input.
        }

        copy.Wait();
        process.WaitForExit();
        return new ToolRun(process.ExitCode, output.ToArray(), errors.Result);
    }

    /// <param name="folder">Where it runs.</param>
    /// <param name="models">Where it looks for models first; empty for its own only.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="variable">One more variable of its environment, as NAME=VALUE.</param>
    public static Process Launch(string folder, string models, string[] arguments, string? variable = null)
    {
        var start = Describe(folder, models, DotNet, ["exec", ToolPath, .. arguments]);
        if (variable?.Split('=') is [var name, var value])
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <summary>Runs a script of the Unix shell to which the tool is <c>"$@"</c>.</summary>
    public static Process LaunchShell(string folder, string models, string script) =>
        Process.Start(Describe(folder, models, "sh", ["-c", script, "sh", DotNet, "exec", ToolPath]))!;

    private static ProcessStartInfo Describe(string folder, string models, string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardErrorEncoding = Encoding.UTF8,
        };
        start.Environment["COMPRESSOR_MODELS"] = models;
        return start;
    }

    private static string ToolPath => Path.Combine(AppContext.BaseDirectory, "Compressor.Cli.dll");

    private static string DotNet => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
}

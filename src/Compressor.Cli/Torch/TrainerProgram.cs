using System.CommandLine;
using System.Diagnostics;
using Compressor.Cli.Commands;
using Compressor.Cli.Models;

namespace Compressor.Cli.Torch;

/// <summary>
/// The program that has libtorch: found beside the tool, in the clone that the tool was built in (and built, if it has to be), or
/// installed as a tool of its own. It takes the tool's place with the same words.
/// </summary>
internal static class TrainerProgram
{
    /// <summary>The environment variable that names the program: its file, or its .dll.</summary>
    public const string Variable = "COMPRESSOR_TRAINER";

    private const string Name = "Compressor.Trainer";
    private const string Command = "compressor-trainer";
    private const string InstallCommand = "dotnet tool install --global Lmz.Compressor.Trainer";

    /// <summary>Whether a command line is for it.</summary>
    public static bool IsFor(ParseResult result) => result.CommandResult.Command switch
    {
        TrainCommand { } train => result.Action == train.Action,
        { } command => command.Options.OfType<EngineOption>().Any(option => result.GetValue(option) == EngineOption.Torch),
    };

    /// <summary>Runs it in this process's place, if the system can do that, and else waits for it.</summary>
    /// <returns>Its exit code.</returns>
    /// <exception cref="IOException">It is nowhere to be found; says how to get it.</exception>
    public static int Run(IReadOnlyList<string> words, ToolContext context)
    {
        var program = Find(context);
        var (file, arguments) = Path.GetExtension(program) == ".dll" ? (DotNet, [program, .. words]) : (program, words);
        var environment = Environment.GetEnvironmentVariables().Keys.Cast<string>().ToDictionary(name => name, Environment.GetEnvironmentVariable);
        // Where this program's models are, its own last.
        environment[ModelCatalog.DirectoriesVariable] = string.Join(Path.PathSeparator, new[]
        {
            Environment.GetEnvironmentVariable(ModelCatalog.DirectoriesVariable),
            Path.Combine(AppContext.BaseDirectory, "models"),
        }.Where(folder => !string.IsNullOrEmpty(folder)));
        ProcessReplacement.TryExecute(file, arguments, environment);

        context.Interruption.WaitsForWork = true; // it hears of Ctrl-C itself
        var start = new ProcessStartInfo(file, arguments) { UseShellExecute = false };
        start.Environment[ModelCatalog.DirectoriesVariable] = environment[ModelCatalog.DirectoriesVariable];
        using var process = Process.Start(start)!;
        process.WaitForExit();
        return process.ExitCode;
    }

    private static string DotNet => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? OnPath("dotnet") ?? "dotnet";

    private static string Find(ToolContext context)
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
            return File.Exists(named) ? Path.GetFullPath(named) : throw new IOException($"{Variable} is '{named}', where there is no file");
        var beside = Path.Combine(AppContext.BaseDirectory, Name + ".dll");
        if (File.Exists(beside))
            return beside;
        // A clone has it in artifacts/bin/Compressor.Cli/CONFIGURATION.
        var root = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", ".."));
        var project = Path.Combine(root, "src", Name, Name + ".csproj");
        if (File.Exists(project))
            return Build(root, project, context);
        return OnPath(Command)
            ?? throw new IOException($"this needs the trainer, a program of its own that is not installed: '{InstallCommand}' installs it, or {Variable} names its file");
    }

    /// <summary>Builds it, which takes a moment if there is nothing to do: what runs is never older than its sources.</summary>
    private static string Build(string root, string project, ToolContext context)
    {
        var configuration = new DirectoryInfo(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)).Name;
        var program = Path.Combine(root, "artifacts", "bin", Name, configuration, Name + ".dll");
        if (!File.Exists(program))
            context.Streams.Error.WriteLine("compressor: building the trainer; the first time this fetches libtorch, which may take some minutes");
        var start = new ProcessStartInfo(DotNet, ["build", project, "-c", configuration, "-v", "quiet", "-nologo"])
        {
            RedirectStandardInput = true, // which is the trainer's
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // Not the variables of the build that may have started this.
        foreach (var variable in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
            start.Environment.Remove(variable);
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode == 0)
            return program;
        var reason = $"{output}\n{errors.Result}".Split('\n').FirstOrDefault(line => line.Contains("error", StringComparison.Ordinal))?.Trim();
        throw new IOException($"the trainer could not be built ('dotnet build {project} -c {configuration}' says more): {reason}");
    }

    private static string? OnPath(string command) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Append(Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".dotnet", "tools"))
        .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? command + ".exe" : command))
        .FirstOrDefault(File.Exists);
}

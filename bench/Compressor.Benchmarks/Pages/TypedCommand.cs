namespace Compressor.Benchmarks.Pages;

/// <summary>What was typed to start this program.</summary>
internal static class TypedCommand
{
    /// <summary>The command as a shell would take it again from the root of the repository, folders by their names alone.</summary>
    public static string Of(string subcommand, IEnumerable<string> arguments) =>
        $"dotnet run -c Release --project bench/Compressor.Benchmarks -- {subcommand} {string.Join(' ', arguments.Select(Quoted))}".TrimEnd();

    private static string Quoted(string argument) =>
        argument.Contains(' ') ? $"'{argument}'"
        : Path.IsPathRooted(argument) && Directory.Exists(argument) ? Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(argument)))
        : argument;
}

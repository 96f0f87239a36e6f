namespace Compressor.Benchmarks.Corpus;

/// <summary>
/// A program of the system, as two shell commands in which <c>{in}</c> and <c>{out}</c> stand for files. Its time is that of
/// the whole command. The paths hold nothing that a shell would take apart.
/// </summary>
internal sealed class CommandContestant : Contestant
{
    /// <summary>Commands that are known by name.</summary>
    private static readonly Dictionary<string, (string Compress, string Decompress, string Version)> Known = new(StringComparer.Ordinal)
    {
        ["bzip3"] = ("bzip3 -e -b 16 -c {in} > {out}", "bzip3 -d -c {in} > {out}", "bzip3 --version"),
        ["ppmd"] = ("7z a -t7z -m0=PPMd:o=16:mem=256m -bd {out}.7z {in} > /dev/null && mv {out}.7z {out}", "7z e -so {in} > {out}", "7z"),
        ["zpaq"] = ("zpaq add {out}.zpaq {in} -method 5 > /dev/null 2>&1 && mv {out}.zpaq {out}",
            "mv {in} {in}.zpaq && zpaq extract {in}.zpaq -to {in}.content > /dev/null 2>&1 && find {in}.content -type f -exec mv '{}' {out} ';' && rm -r {in}.content", "zpaq"),
    };

    private readonly string _compress, _decompress;
    private readonly string? _version;

    private CommandContestant(string name, string compress, string decompress, string? version) =>
        (Name, _compress, _decompress, _version) = (name, compress, decompress, version);

    public override string Name { get; }

    /// <summary>What a known program says first when asked about itself, and the command.</summary>
    public override string Version => _version is null || Introduction(_version) is not { } line ? $"`{_compress}`" : $"{line}: `{_compress}`";

    public static IEnumerable<string> KnownNames => Known.Keys;

    /// <param name="template">A known name, or <c>NAME=COMMAND</c> to compress, <c>=></c>, and the command to decompress.</param>
    /// <exception cref="ArgumentException">It is neither.</exception>
    public static CommandContestant Parse(string template)
    {
        if (Known.TryGetValue(template, out var known))
            return new CommandContestant(template, known.Compress, known.Decompress, known.Version);
        var sides = template.Split('=', 2);
        var commands = sides.Length == 2 ? sides[1].Split("=>", 2) : [];
        if (commands.Length != 2 || sides[0].Length == 0 || !commands.All(c => c.Contains("{in}", StringComparison.Ordinal) && c.Contains("{out}", StringComparison.Ordinal)))
            throw new ArgumentException(
                $"'{template}' is none of {string.Join(", ", KnownNames)} and not of the form 'name=pack {{in}} {{out}} => unpack {{in}} {{out}}'");
        return new CommandContestant(sides[0].Trim(), commands[0].Trim(), commands[1].Trim(), null);
    }

    /// <summary>Whether the command's program is on the path.</summary>
    public bool IsInstalled()
    {
        var program = _compress.Split(' ')[0];
        return program.Contains('/') ? File.Exists(program)
            : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));
    }

    public override Cost Compress(string input, string output) => Run(_compress, input, output);

    public override Cost Decompress(string input, string output) => Run(_decompress, input, output);

    /// <summary>The first line that a command writes anywhere, whatever it then makes of having been given nothing to do.</summary>
    private static string? Introduction(string command)
    {
        MeasuredProcess.Run("/bin/sh", ["-c", $"{command} 2>&1 < /dev/null; true"], out var text);
        return text.Split('\n', StringSplitOptions.TrimEntries).FirstOrDefault(line => line.Length > 0);
    }

    private static Cost Run(string command, string input, string output) =>
        MeasuredProcess.Run("/bin/sh", ["-c", command.Replace("{in}", input, StringComparison.Ordinal).Replace("{out}", output, StringComparison.Ordinal)], out _);
}

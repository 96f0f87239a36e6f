using System.CommandLine;
using System.Text;

namespace Compressor.Cli.Terminal;

/// <summary>
/// Scripts that complete the words of a command, made from the command itself: names of commands and options, and of options the values: what its help lists as
/// <c>a|b</c>, installed models, folders, files.
/// </summary>
internal sealed class CompletionScript(Command main)
{
    public static readonly IReadOnlyList<string> Shells = ["bash", "zsh", "fish", "powershell"];

    private readonly List<(string Name, string Description, List<Option> Options)> _commands =
        [.. main.Subcommands.Select(command => (command.Name, command.Description ?? "", command.Options.Where(option => !option.Hidden).ToList()))];

    public string For(string shell) => shell switch
    {
        "bash" => Bash(),
        "zsh" => Zsh(),
        "fish" => Fish(),
        "powershell" => PowerShell(),
        _ => throw new ArgumentException("No such shell.", nameof(shell)),
    };

    /// <summary>The command line that lists the names of the installed models.</summary>
    private string ModelNames => $"{main.Name} models --names";

    private static IEnumerable<string> WordsOf(Option option) => option.Aliases.Prepend(option.Name);

    private static string FirstSentence(string text) => text.Split(". ")[0].TrimEnd('.').Split(": ")[0];

    /// <summary>The values that an option may have, where its help lists them.</summary>
    private static string[] ChoicesOf(Option option) => option.HelpName?.Contains('|') == true ? option.HelpName.Split('|') : [];

    /// <summary>The options whose value is chosen from something, each once, with what it is chosen from.</summary>
    private IEnumerable<(Option Option, string Kind)> ValuedOptions() => _commands
        .SelectMany(command => command.Options)
        .Where(option => option.HelpName is "MODEL" or "DIR" || ChoicesOf(option) is not [])
        .DistinctBy(option => option.Name)
        .Select(option => (option, option.HelpName!));

    private string Bash()
    {
        var script = new StringBuilder($"# bash completion for {main.Name}\n_{main.Name}() {{\n");
        script.Append("    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n    if [ \"$COMP_CWORD\" -eq 1 ]; then\n");
        script.Append($"        COMPREPLY=($(compgen -W \"{string.Join(' ', _commands.Select(command => command.Name))} --help --version\" -- \"$word\"))\n        return\n    fi\n");
        script.Append("    case $before in\n");
        foreach (var (option, kind) in ValuedOptions())
        {
            var values = kind switch
            {
                "MODEL" => $"-W \"$({ModelNames} 2>/dev/null)\" -o dirnames",
                "DIR" => "-o dirnames",
                _ => $"-W \"{string.Join(' ', ChoicesOf(option))}\"",
            };
            script.Append($"        {string.Join('|', WordsOf(option))}) COMPREPLY=($(compgen {values} -- \"$word\")); return ;;\n");
        }

        script.Append("    esac\n    local options=\n    case ${COMP_WORDS[1]} in\n");
        foreach (var (name, _, options) in _commands)
            script.Append($"        {name}) options=\"{string.Join(' ', options.SelectMany(WordsOf).Append("--help"))}\" ;;\n");
        script.Append("    esac\n    case $word in\n        -*) COMPREPLY=($(compgen -W \"$options\" -- \"$word\")) ;;\n");
        script.Append($"        *) [ \"${{COMP_WORDS[1]}}\" = completion ] && COMPREPLY=($(compgen -W \"{string.Join(' ', Shells)}\" -- \"$word\")) ;;\n    esac\n}}\n");
        return script.Append($"complete -o default -F _{main.Name} {main.Name}\n").ToString();
    }

    private string Zsh()
    {
        var script = new StringBuilder($"#compdef {main.Name}\n_{main.Name}() {{\n    if (( CURRENT == 2 )); then\n        local -a commands=(\n");
        foreach (var (name, description, _) in _commands)
            script.Append($"            {Quote($"{name}:{FirstSentence(description)}")}\n");
        script.Append("        )\n        _describe command commands\n        return\n    fi\n    case $words[2] in\n");
        foreach (var (name, _, options) in _commands)
        {
            script.Append($"        {name}) _arguments");
            foreach (var option in options)
            {
                foreach (var word in WordsOf(option))
                    script.Append(' ').Append(Quote($"{word}[{FirstSentence(option.Description ?? "").Replace('[', '(').Replace(']', ')')}]{ZshValue(option)}"));
            }

            script.Append(name == "completion" ? $" '2:shell:({string.Join(' ', Shells)})' ;;\n" : " '*:file:_files' ;;\n");
        }

        return script.Append($"    esac\n}}\n_{main.Name} \"$@\"\n").ToString();
    }

    private string ZshValue(Option option) => option switch
    {
        { Arity.MaximumNumberOfValues: 0 } => "",
        { HelpName: "MODEL" } => $":model:($({ModelNames} 2>/dev/null))",
        { HelpName: "DIR" } => ":folder:_files -/",
        _ when ChoicesOf(option) is [_, ..] choices => $":value:({string.Join(' ', choices)})",
        _ => ":value:_files",
    };

    private string Fish()
    {
        var script = new StringBuilder($"# fish completion for {main.Name}\n");
        foreach (var (name, description, options) in _commands)
        {
            script.Append($"complete -c {main.Name} -n __fish_use_subcommand -a {name} -d {Quote(FirstSentence(description))}\n");
            foreach (var option in options)
            {
                script.Append($"complete -c {main.Name} -n '__fish_seen_subcommand_from {name}'");
                foreach (var word in WordsOf(option))
                    script.Append(word.StartsWith("--", StringComparison.Ordinal) ? $" -l {word[2..]}" : $" -s {word[1..]}");
                script.Append($"{FishValue(option)} -d {Quote(FirstSentence(option.Description ?? ""))}\n");
            }
        }

        return script.Append($"complete -c {main.Name} -f -n '__fish_seen_subcommand_from completion' -a '{string.Join(' ', Shells)}'\n").ToString();
    }

    private string FishValue(Option option) => option switch
    {
        { Arity.MaximumNumberOfValues: 0 } => "",
        { HelpName: "MODEL" } => $" -r -a '({ModelNames} 2>/dev/null)'",
        { HelpName: "DIR" } => " -r -f -a '(__fish_complete_directories)'",
        _ when ChoicesOf(option) is [_, ..] choices => $" -r -f -a '{string.Join(' ', choices)}'",
        _ => " -r",
    };

    private string PowerShell()
    {
        var script = new StringBuilder($"# PowerShell completion for {main.Name}\n");
        script.Append($"Register-ArgumentCompleter -Native -CommandName {main.Name} -ScriptBlock {{\n    param($word, $line, $position)\n");
        script.Append("    $words = @($line.CommandElements | ForEach-Object { $_.ToString() } | Where-Object { $_ -ne $word })\n    $before = $words[-1]\n");
        script.Append($"    $options = @{{\n        '' = @({List(_commands.Select(command => command.Name))})\n");
        foreach (var (name, _, options) in _commands)
            script.Append($"        {name} = @({List(name == "completion" ? Shells : options.SelectMany(WordsOf).Append("--help"))})\n");
        script.Append("    }\n    $candidates = switch -CaseSensitive ($before) {\n");
        foreach (var (option, kind) in ValuedOptions().Where(valued => valued.Kind != "DIR"))
        {
            foreach (var word in WordsOf(option))
                script.Append($"        '{word}' {{ {(kind == "MODEL" ? ModelNames : $"@({List(ChoicesOf(option))})")} }}\n");
        }

        script.Append("        default { if ($words.Count -le 1) { $options[''] } else { $options[$words[1]] } }\n    }\n");
        return script.Append("    $candidates | Where-Object { $_ -like \"$word*\" } | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }\n}\n").ToString();

        static string List(IEnumerable<string> values) => string.Join(", ", values.Select(value => $"'{value}'"));
    }

    private static string Quote(string text) => $"'{text.Replace("\\", "\\\\").Replace("'", "'\\''")}'";
}

using System.CommandLine;
using System.Text;

namespace Compressor.Cli.Terminal;

/// <summary>Scripts that complete the words of a command, made from the command itself. What takes a value is left to the names of files.</summary>
internal sealed class CompletionScript(Command main)
{
    public static readonly IReadOnlyList<string> Shells = ["bash", "zsh", "fish"];

    private readonly List<(string Name, string Description, List<Option> Options)> _commands =
        [.. main.Subcommands.Select(command => (command.Name, command.Description ?? "", command.Options.Where(option => !option.Hidden).ToList()))];

    public string For(string shell) => shell switch
    {
        "bash" => Bash(),
        "zsh" => Zsh(),
        "fish" => Fish(),
        _ => throw new ArgumentException("No such shell.", nameof(shell)),
    };

    private static IEnumerable<string> WordsOf(Option option) => option.Aliases.Prepend(option.Name);

    private static string FirstSentence(string text) => text.Split(". ")[0].TrimEnd('.').Split(": ")[0];

    private string Bash()
    {
        var script = new StringBuilder($"# bash completion for {main.Name}\n_{main.Name}() {{\n");
        script.Append("    local word=${COMP_WORDS[COMP_CWORD]}\n    if [ \"$COMP_CWORD\" -eq 1 ]; then\n");
        script.Append($"        COMPREPLY=($(compgen -W \"{string.Join(' ', _commands.Select(command => command.Name))} --help --version\" -- \"$word\"))\n        return\n    fi\n");
        script.Append("    local options=\n    case ${COMP_WORDS[1]} in\n");
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
                    script.Append(' ').Append(Quote($"{word}[{FirstSentence(option.Description ?? "").Replace('[', '(').Replace(']', ')')}]{(option.Arity.MaximumNumberOfValues > 0 ? ":value:_files" : "")}"));
            }

            script.Append(name == "completion" ? $" '2:shell:({string.Join(' ', Shells)})' ;;\n" : " '*:file:_files' ;;\n");
        }

        return script.Append($"    esac\n}}\n_{main.Name} \"$@\"\n").ToString();
    }

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
                script.Append($"{(option.Arity.MaximumNumberOfValues > 0 ? " -r" : "")} -d {Quote(FirstSentence(option.Description ?? ""))}\n");
            }
        }

        return script.Append($"complete -c {main.Name} -f -n '__fish_seen_subcommand_from completion' -a '{string.Join(' ', Shells)}'\n").ToString();
    }

    private static string Quote(string text) => $"'{text.Replace("\\", "\\\\").Replace("'", "'\\''")}'";
}

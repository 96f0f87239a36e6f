using System.CommandLine;
using Compressor.Cli.Terminal;

namespace Compressor.Cli.Commands;

/// <summary><c>compressor completion</c>.</summary>
internal sealed class CompletionCommand : ToolCommand
{
    private readonly Argument<string> _shell = new("SHELL") { Description = "bash, zsh, fish or powershell." };

    /// <param name="context">Where the script goes.</param>
    /// <param name="main">The command whose words are completed.</param>
    public CompletionCommand(ToolContext context, Command main)
        : base("completion", "Writes a script that completes commands, options, their values and file names in a shell.")
    {
        Add(_shell);
        _shell.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var shell }] && !CompletionScript.Shells.Contains(shell))
                result.AddError($"no completion for '{shell}'; there is {string.Join(", ", CompletionScript.Shells)}");
        });
        SetAction(result => context.Streams.WriteReport(new CompletionScript(main).For(result.GetValue(_shell)!)));
    }

    public override string Examples => """
        compressor completion bash > ~/.local/share/bash-completion/completions/compressor
        compressor completion zsh > ~/.zfunc/_compressor
        compressor completion fish > ~/.config/fish/completions/compressor.fish
        compressor completion powershell >> $PROFILE
        """;
}

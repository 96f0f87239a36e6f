using System.CommandLine;
using System.CommandLine.Parsing;

namespace Compressor.Cli.Commands;

/// <summary>
/// Finds misspelt commands and options. The parser takes a word that is no known option for a file name, even when it starts with a
/// dash; here, such a file needs <c>--</c> before it.
/// </summary>
internal static class UnknownOption
{
    /// <returns>What is wrong, or null.</returns>
    public static string? In(ParseResult result, IReadOnlyList<string> words)
    {
        if (result.CommandResult.Command is MainCommand main && words is [var command, ..] && command[..1] != "-" && command[..1] != "[")
            return $"unknown command '{command}'{Suggestion.For(command, main.Subcommands.Select(known => known.Name))}";
        var operands = result.CommandResult.Command.Arguments
            .SelectMany(argument => result.GetResult(argument)?.Tokens ?? [])
            .ToHashSet(ReferenceEqualityComparer.Instance);
        foreach (var token in result.Tokens)
        {
            if (token.Type == TokenType.DoubleDash)
                return null;
            if (token.Type == TokenType.Directive) // what the parser takes [x] for, as the first word
                return $"unknown command '{token.Value}'";
            if (!operands.Contains(token))
                continue;
            if (token.Value.Length > 1 && token.Value[0] == '-')
                return $"unknown option '{token.Value}'{Suggestion.For(token.Value, NamesOf(result))} (a file of that name goes after --)";
            // The rest of a word such as -fx or --force=x, where nothing takes the x.
            if (!words.Contains(token.Value) && words.FirstOrDefault(w => w.StartsWith('-') && w.EndsWith(token.Value, StringComparison.Ordinal)) is { } word)
                return $"unknown option or value in '{word}'";
        }

        return null;
    }

    private static IEnumerable<string> NamesOf(ParseResult result) =>
        result.CommandResult.Command.Options.Where(option => !option.Hidden).SelectMany(option => option.Aliases.Prepend(option.Name)).Where(name => name.StartsWith("--", StringComparison.Ordinal));
}

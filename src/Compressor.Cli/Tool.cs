using System.CommandLine;
using System.CommandLine.Parsing;
using Compressor.Cli.Commands;
using Compressor.Cli.Terminal;
using Compressor.Cli.Torch;

namespace Compressor.Cli;

/// <summary>Runs a command line, from its words to the exit code.</summary>
internal static class Tool
{
    public const string Name = "compressor";

    /// <summary>The exit code when anything went wrong.</summary>
    public const int Failure = 1;

    // A file may be called @x: no response files.
    private static readonly ParserConfiguration Parser = new() { ResponseFileTokenReplacer = null };

    /// <returns>0, or <see cref="Failure"/>, or what <see cref="Interruption.ExitCode"/> or <see cref="ReaderGoneException.ExitCode"/> says.</returns>
    public static int Run(IReadOnlyList<string> words, ToolContext context)
    {
        var main = new MainCommand(context);
        words = FamiliarForms.Replace(words, word => main.Subcommands.Any(command => command.Name == word), context.ProgramName, context.Streams.IsPipe);
        words = OldOptionNames.Replace(FamiliarForms.WithOptions(words, context.Options));
        var result = main.Parse(words, Parser);
        var error = result.Action is HelpWithExamples or VersionAction ? null
            : UnknownOption.In(result, words) ?? (result.Errors is [var first, ..] ? first.Message : null);
        if (error is not null)
        {
            context.Errors.Add(ErrorReport.AsReason(error));
            context.Streams.Error.WriteLine($"Try '{PathOf(result.CommandResult)} --help'.");
            return Failure;
        }

        try
        {
            if (context.Torch is null && TrainerProgram.IsFor(result))
                return TrainerProgram.Run(words, context);
            using var report = new StringWriter(); // of help and version
            var exitCode = result.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, Output = report });
            context.Streams.WriteReport(report.ToString());
            return exitCode;
        }
        catch (OperationCanceledException) when (context.Interruption.Token.IsCancellationRequested)
        {
            return context.Interruption.ExitCode;
        }
        catch (ReaderGoneException)
        {
            return ReaderGoneException.ExitCode;
        }
        catch (Exception e)
        {
            context.Errors.Add(ErrorReport.IsExpected(e) ? ErrorReport.ReasonOf(e) : $"internal error: {e.GetType().Name}: {e.Message}");
            return Failure;
        }
    }

    /// <summary>The words that name a command: those of the commands that it is part of, and its own.</summary>
    private static string PathOf(CommandResult command) =>
        command.Parent is CommandResult parent ? $"{PathOf(parent)} {command.Command.Name}" : Name;
}

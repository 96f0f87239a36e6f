using System.CommandLine;
using System.Text;
using Compressor.Cli.Commands;

namespace Compressor.Cli.Terminal;

/// <summary>The manual page of the tool, made from its commands, in the macros of man(7).</summary>
internal sealed class ManualPage(Command main)
{
    public override string ToString()
    {
        var page = new StringBuilder($".TH {main.Name.ToUpperInvariant()} 1\n.SH NAME\n{main.Name} \\- {Text(main.Description!.TrimEnd('.'))}\n");
        page.Append($".SH SYNOPSIS\n.B {main.Name}\n.I COMMAND\n[\\fIOPTION\\fR]... [\\fIFILE\\fR]...\n");
        page.Append($".PP\n.B {main.Name}\n[\\fB\\-1\\fR...\\fB\\-9\\fR|\\fB\\-d\\fR|\\fB\\-t\\fR|\\fB\\-l\\fR|\\fB\\-b\\fR] [\\fIOPTION\\fR]... [\\fIFILE\\fR]...\n");
        page.Append(".SH DESCRIPTION\n.PP\nThe second form is that of gzip, xz and zstd: it compresses, or with the options named does what decompress, test, list and benchmark do.\n");
        page.Append(".SH COMMANDS\n");
        foreach (var command in main.Subcommands)
            Append(page, command);
        page.Append(".SH EXIT STATUS\n0 if all went well, 1 if anything went wrong, 141 if the reader of the output went away, 128 and the number of the signal if one ended the program.\n");
        page.Append(".SH ENVIRONMENT\n");
        page.Append($".TP\n.B {FamiliarForms.OptionsVariable}\nOptions for compress that come before those of the command line, such as \\-9 \\-T 2.\n");
        page.Append($".TP\n.B {Models.ModelCatalog.DirectoriesVariable}\nMore folders of models, separated as in PATH.\n");
        if (main is ToolCommand tool)
            page.Append(".SH EXAMPLES\n.nf\n").Append(Text(tool.Examples)).Append("\n.fi\n");
        return page.ToString();
    }

    private static void Append(StringBuilder page, Command command)
    {
        page.Append($".SS {command.Name}{string.Concat(command.Arguments.Select(argument => $" \\fI{argument.Name}\\fR..."))}\n{Text(command.Description ?? "")}\n");
        foreach (var option in command.Options.Where(option => !option.Hidden))
        {
            var names = string.Join(", ", option.Aliases.Append(option.Name).Select(name => $"\\fB{Text(name)}\\fR"));
            page.Append($".TP\n{names}{(option.Arity.MaximumNumberOfValues > 0 ? $" \\fI{Text(option.HelpName ?? "VALUE")}\\fR" : "")}\n{Text(option.Description ?? "")}\n");
        }

        if (command is ToolCommand tool)
            page.Append(".PP\nExamples:\n.PP\n.nf\n").Append(Text(tool.Examples)).Append("\n.fi\n");
    }

    /// <summary>Text with its backslashes, dashes and leading dots as roff wants them.</summary>
    private static string Text(string text)
    {
        var escaped = text.Replace("\\", "\\e").Replace("-", "\\-");
        return string.Join('\n', escaped.Split('\n').Select(line => line.StartsWith('.') || line.StartsWith('\'') ? $"\\&{line}" : line));
    }
}

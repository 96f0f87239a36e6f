using System.CommandLine;
using System.CommandLine.Parsing;
using Compressor.Cli.Conversion;
using Compressor.Cli.Files;
using Compressor.Cli.Parts;

namespace Compressor.Cli.Commands;

/// <summary>The arguments that compressing and decompressing share: which files, to where.</summary>
internal sealed class ConversionArguments
{
    private readonly FileSelection _files;
    private readonly Option<string?> _output = CommonOptions.Output();
    private readonly Option<string?> _outputFolder = CommonOptions.OutputFolder();
    private readonly Option<bool> _standardOutput = CommonOptions.StandardOutput();
    private readonly Option<bool> _force = CommonOptions.Force();
    private readonly Option<bool> _skipExisting = CommonOptions.SkipExisting();
    private readonly Option<bool> _keep = CommonOptions.Keep();
    private readonly Option<bool> _remove = CommonOptions.Remove();
    private readonly Option<bool> _quiet = CommonOptions.Quiet();
    private readonly Option<bool> _verbose = CommonOptions.Verbose();

    /// <summary>Adds them to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="filesDescription">What the files are.</param>
    /// <param name="compresses">Whether they are to be compressed.</param>
    public ConversionArguments(Command command, string filesDescription, bool compresses)
    {
        _files = new FileSelection(command, filesDescription, compresses);
        foreach (var option in (ReadOnlySpan<Option>)[_output, _outputFolder, _standardOutput, _force, _skipExisting, _keep, _remove, _quiet, _verbose])
            command.Add(option);

        command.Validators.Add(result =>
        {
            var output = result.GetResult(_output)?.Tokens is [var token] ? token.Value : null; // a value that is missing is no error twice
            var toStandardOutput = result.GetValue(_standardOutput) || output == FileConverter.StandardInput;
            if (output is not null && result.GetValue(_standardOutput))
                result.AddError("-o and -c contradict each other");
            else if (result.GetResult(_outputFolder) is not null && (output is not null || result.GetValue(_standardOutput)))
                result.AddError("--output-dir contradicts -o and -c");
            else if (result.GetValue(_remove) && result.GetValue(_keep))
                result.AddError("--rm and -k contradict each other");
            else if (result.GetValue(_remove) && toStandardOutput)
                result.AddError("--rm needs a target file, not standard output");
            else if (output is not null && !toStandardOutput && _files.IsSeveral(result) && !Directory.Exists(output))
                result.AddError("-o takes one file, or the name of a folder that exists for several");
        });
    }

    /// <summary>Refuses what a part of a file cannot be combined with: a part is a file, and its source is needed by the others.</summary>
    public void RequireFilesFor(Command command, PartOption part) => command.Validators.Add(result =>
    {
        if (result.GetResult(part) is null)
            return;
        if (result.GetValue(_standardOutput) || result.GetResult(_output)?.Tokens is [{ Value: FileConverter.StandardInput }])
            result.AddError("--part needs a target file, not standard output: what joins the parts lies beside it");
        else if (result.GetValue(_remove))
            result.AddError("--part and --rm contradict each other: the other parts need the source");
    });

    public bool SkipsExisting(CommandResult result) => result.GetValue(_skipExisting);

    /// <summary>Whether the command line says where targets go.</summary>
    public bool NamesTargets(CommandResult result) => result.GetResult(_output) is not null || result.GetResult(_outputFolder) is not null;

    public IReadOnlyList<InputFile> FilesOf(ParseResult result, ToolContext context) => _files.Of(result, context);

    /// <param name="result">The command line.</param>
    /// <param name="protectedFiles">What the run needs besides its files.</param>
    public ConversionOptions OptionsOf(ParseResult result, IEnumerable<ProtectedFile> protectedFiles)
    {
        var output = result.GetValue(_output);
        var destination = output switch
        {
            null => result.GetValue(_standardOutput) ? Destination.StandardOutput : Destination.Beside,
            FileConverter.StandardInput => Destination.StandardOutput,
            _ => Destination.Named,
        };
        return new ConversionOptions(destination)
        {
            Output = output,
            OutputFolder = result.GetValue(_outputFolder),
            Force = result.GetValue(_force),
            SkipExisting = result.GetValue(_skipExisting),
            RemoveSource = result.GetValue(_remove),
            Quiet = result.GetValue(_quiet),
            Verbose = result.GetValue(_verbose),
            ProtectedFiles = [.. protectedFiles],
        };
    }
}

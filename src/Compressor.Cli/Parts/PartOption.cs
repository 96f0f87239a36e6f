using System.CommandLine;

namespace Compressor.Cli.Parts;

/// <summary><c>--part I/N</c>.</summary>
internal sealed class PartOption : Option<LmzPart?>
{
    public PartOption(string description)
        : base("--part")
    {
        HelpName = "I/N";
        Description = description;
        CustomParser = result =>
        {
            if (LmzPart.TryParse(result.Tokens[0].Value, out var part))
                return part;
            result.AddError($"--part must be I/N with I from 1 to N and N up to {LmzPart.MaxCount}, not '{result.Tokens[0].Value}'");
            return null;
        };
    }
}

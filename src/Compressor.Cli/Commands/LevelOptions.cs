using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Compressor.Cli.Commands;

/// <summary><c>-1</c> to <c>-9</c>: how much time and memory to spend. The last one given counts.</summary>
internal sealed class LevelOptions
{
    private readonly Option<bool>[] _options = [.. Enumerable
        .Range(LmzCompressionOptions.MinLevel, LmzCompressionOptions.MaxLevel)
        .Select(level => CommonOptions.Flag(
            "-" + level.ToString(CultureInfo.InvariantCulture),
            null,
            level switch
            {
                LmzCompressionOptions.MinLevel => "Fast, with little memory. -1 to -3 use no model.",
                LmzCompressionOptions.DefaultLevel => "This is the default.",
                LmzCompressionOptions.MaxLevel => "Small, with much time and memory. -7 to -9 use the larger model.",
                _ => "",
            }))];

    public void AddTo(Command command)
    {
        foreach (var option in _options)
        {
            option.Hidden = option.Description is "";
            command.Add(option);
        }
    }

    /// <summary>Whether one of the levels that use no model is given.</summary>
    public bool NamesOneWithoutModel(CommandResult result) => Array.Exists(
        _options, option => result.GetValue(option) && !new LmzCompressionOptions { Level = option.Name[1] - '0' }.UsesModel);

    public int LevelOf(ParseResult result) => Last(result) is { } level ? level[1] - '0' : LmzCompressionOptions.DefaultLevel;

    public bool IsGiven(ParseResult result) => Last(result) is not null;

    private string? Last(ParseResult result) =>
        result.Tokens.LastOrDefault(token => Array.Exists(_options, option => option.Name == token.Value && result.GetValue(option)))?.Value;
}

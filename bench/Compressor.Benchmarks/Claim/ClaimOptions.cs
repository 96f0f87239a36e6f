using Compressor.Benchmarks.Pages;

namespace Compressor.Benchmarks.Claim;

/// <summary>What was typed after <c>claim EXPERIMENT</c>.</summary>
internal sealed class ClaimOptions
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    /// <param name="experiment">Which it is.</param>
    /// <param name="arguments">Options, each with a value.</param>
    /// <param name="known">The options that the experiment has besides those that all have.</param>
    /// <exception cref="ArgumentException">An option is unknown or has no value, or a folder is missing.</exception>
    public ClaimOptions(string experiment, string[] arguments, IReadOnlyList<string> known)
    {
        for (var i = 0; i < arguments.Length; i += 2)
        {
            if (!known.Contains(arguments[i]) && arguments[i] is not ("--out" or "--work"))
                throw new ArgumentException($"claim {experiment}: there is no option '{arguments[i]}'");
            _values[arguments[i]] = i + 1 < arguments.Length ? arguments[i + 1] : throw new ArgumentException($"{arguments[i]} needs a value");
        }

        // Where the page is, what is kept in between and what is done now are no part of the result.
        Typed = TypedCommand.Of($"{ClaimCommand.Name} {experiment}",
            _values.Where(v => v.Key is not ("--out" or "--work" or "--rungs")).SelectMany(v => (string[])[v.Key, v.Value]));
        if (!Directory.Exists(PageFolder))
            throw new ArgumentException($"there is no folder '{PageFolder}': start this from the root of the repository, or give --out");
    }

    /// <summary>The command as the page shows it.</summary>
    public string Typed { get; }

    /// <summary>Where the pages are.</summary>
    public string PageFolder => Value("--out") ?? Path.Combine("docs", "claim");

    /// <summary>Where trained models and what was measured on them stay between runs.</summary>
    public string WorkFolder => Value("--work") ?? Path.Combine("bench-results", "claim");

    public string? Value(string option) => _values.GetValueOrDefault(option);

    /// <summary>A folder that must be given and be there.</summary>
    /// <exception cref="ArgumentException">It is not.</exception>
    public string Folder(string option)
    {
        var folder = Value(option) ?? throw new ArgumentException($"{option} is missing");
        return Directory.Exists(folder) ? folder : throw new ArgumentException($"{option}: there is no folder '{folder}'");
    }
}

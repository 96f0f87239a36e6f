using System.Text.RegularExpressions;

namespace Compressor.Symbols;

/// <summary>
/// The regular expressions by which tokenizers cut text before merging. Only those known are run: a file could hold one that takes for ever.
/// </summary>
internal static partial class SplitPatterns
{
    private const string Gpt2Pattern = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";
    private const string Llama3Pattern = @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
    private const string QwenPattern = @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    /// <summary>GPT-2's.</summary>
    [GeneratedRegex(Gpt2Pattern, RegexOptions.CultureInvariant)]
    public static partial Regex Gpt2 { get; }

    /// <summary>Single digits.</summary>
    [GeneratedRegex(@"\p{N}", RegexOptions.CultureInvariant)]
    public static partial Regex Digit { get; }

    /// <summary>Runs of digits.</summary>
    [GeneratedRegex(@"\p{N}+", RegexOptions.CultureInvariant)]
    public static partial Regex Digits { get; }

    [GeneratedRegex(Llama3Pattern, RegexOptions.CultureInvariant)]
    private static partial Regex Llama3 { get; }

    [GeneratedRegex(QwenPattern, RegexOptions.CultureInvariant)]
    private static partial Regex Qwen { get; }

    /// <summary>A pattern as a file writes it; null if it is not known.</summary>
    public static Regex? Find(string pattern) => pattern switch
    {
        Gpt2Pattern => Gpt2,
        Llama3Pattern => Llama3,
        QwenPattern => Qwen,
        @"\p{N}{1,3}" or @"\p{N}" => Digit,
        _ => null,
    };
}

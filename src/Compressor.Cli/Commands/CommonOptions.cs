using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Compressor.Cli.Files;

namespace Compressor.Cli.Commands;

/// <summary>Options that several commands have, and how their values are read.</summary>
internal static class CommonOptions
{
    public const int MaxThreads = 1024;

    public static Argument<string[]> Files(string description) =>
        new("FILE") { Description = description, Arity = ArgumentArity.ZeroOrMore };

    public static Option<string?> Output() => OneValue("--output", "-o", "FILE", "Write to FILE; - is standard output.");

    public static Option<bool> StandardOutput() => Flag("--stdout", "-c", "Write to standard output; keep the files.");

    public static Option<string?> OutputFolder() => OneValue("--output-dir", null, "DIR", "Put the targets of all files into DIR, which is made if need be; with -r as the files lie in their folder.");

    public static Option<bool> Force() => Flag("--force", "-f", "Overwrite files; follow links; read and write data on a terminal.");

    public static Option<bool> SkipExisting() => Flag(
        "--skip-existing", null, "Leave out what is done: a target that is whole and stands for the source as it is now, which is looked at, not guessed.");

    public static Option<bool> Keep() => Flag("--keep", "-k", "Keep the source files; this is the default.");

    public static Option<bool> Remove() => Flag("--rm", null, "Delete each source file when its target is complete, on the disk, and was read back and compared.");

    public static Option<bool> Quiet() => Flag("--quiet", "-q", "Show neither progress nor summaries, only errors.");

    public static Option<bool> Verbose() => Flag("--verbose", "-v", "Show summaries even when standard error is no terminal.");

    public static Option<string[]> Models(string description = "Use this model too: a folder, or the name of an installed model. Can be repeated.") => new("--model", "-m")
    {
        HelpName = "MODEL",
        Description = description,
        AllowMultipleArgumentsPerToken = false,
    };

    public static Option<string[]> Dictionary() => new("--dictionary")
    {
        HelpName = "FILE",
        Description = "A dictionary that both sides have: FILE is learned from first. Can be repeated; decompressing takes the same files in the same order.",
        AllowMultipleArgumentsPerToken = false,
    };

    /// <summary>The dictionary of <see cref="Dictionary"/>: its files, one after the other; null for none.</summary>
    /// <exception cref="IOException">A file cannot be read, or there is nothing in them, or too much.</exception>
    public static LmzDictionary? ReadDictionary(string[] files)
    {
        if (files is [])
            return null;
        using var content = new MemoryStream();
        foreach (var file in files)
        {
            try
            {
                using var source = SourceFile.Open(file);
                if (source.CanSeek && source.Length + content.Length > LmzDictionary.MaxLength)
                    throw new IOException($"the dictionary has more than {LmzDictionary.MaxLength} bytes");
                source.CopyTo(content);
            }
            catch (IOException e)
            {
                throw new IOException($"--dictionary {file}: {e.Message}", e);
            }
        }

        if (content.Length is 0 or > LmzDictionary.MaxLength)
            throw new IOException($"--dictionary {files[^1]}: the dictionary has {content.Length} bytes, not within 1 to {LmzDictionary.MaxLength}");
        return new LmzDictionary(content.GetBuffer().AsSpan(0, (int)content.Length));
    }

    /// <summary>What <see cref="Device"/> may be.</summary>
    public static IReadOnlyList<string> Devices { get; } = ["auto", "cpu", "cuda"];

    public static Option<string> Device(string description)
    {
        var option = new Option<string>("--device")
        {
            HelpName = string.Join('|', Devices),
            Description = description,
            DefaultValueFactory = _ => Devices[0],
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var value }] && !Devices.Contains(value))
                result.AddError($"--device must be {string.Join(", ", Devices)}, not '{value}'");
        });
        return option;
    }

    public static Option<int> Threads() =>
        Number("--threads", "-T", "N", "Use N threads; 0 for all cores. The result does not depend on it.", 0, MaxThreads, 0);

    /// <summary>The most content of a file, in bytes: a few bytes of hostile data can stand for very much.</summary>
    public static Option<long?> MaxSize() => new("--max-size")
    {
        HelpName = "N",
        Description = "Refuse a file with more than N bytes of content, before it is decompressed; or with K, M or G. No limit unless given.",
        CustomParser = result => ParseNumber(result, "--max-size", 0, long.MaxValue, UnitOf(result)),
    };

    /// <summary>An option that is there or not. It never takes the next word, which may be a file called "true".</summary>
    public static Option<bool> Flag(string name, string? alias, string description) =>
        new(name, alias is null ? [] : [alias]) { Description = description, Arity = ArgumentArity.Zero };

    public static Option<string?> OneValue(string name, string? alias, string valueName, string description)
    {
        var option = new Option<string?>(name, alias is null ? [] : [alias]) { HelpName = valueName, Description = description };
        option.Validators.Add(RequireText);
        return option;
    }

    public static Option<int> Number(string name, string? alias, string valueName, string description, int min, int max, int otherwise) =>
        new(name, alias is null ? [] : [alias])
        {
            HelpName = valueName,
            Description = description,
            DefaultValueFactory = _ => otherwise,
            CustomParser = result => (int)ParseNumber(result, name, min, max),
        };

    /// <summary>Bytes, with K or M for units of 1024 and 1024² bytes.</summary>
    public static Option<int> ByteCount(string name, string description, int min, int max, int otherwise) =>
        new(name)
        {
            HelpName = "N",
            Description = description,
            DefaultValueFactory = _ => otherwise,
            CustomParser = result => (int)ParseNumber(result, name, min, max, UnitOf(result)),
        };

    /// <summary>Bytes, or with K, M or G, if they are given.</summary>
    public static Option<long?> OptionalByteCount(string name, string description) => new(name)
    {
        HelpName = "N",
        Description = description,
        CustomParser = result => ParseNumber(result, name, 0, long.MaxValue, UnitOf(result)),
    };

    private static long UnitOf(ArgumentResult result) => result.Tokens[0].Value.ToUpperInvariant() switch
    {
        [.., 'K'] => 1L << 10,
        [.., 'M'] => 1L << 20,
        [.., 'G'] => 1L << 30,
        _ => 1,
    };

    private static long ParseNumber(ArgumentResult result, string name, long min, long max, long unit = 1)
    {
        var text = result.Tokens[0].Value;
        var digits = unit == 1 ? text : text[..^1];
        if (long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            && value >= min / unit && value <= max / unit && value * unit >= min)
            return value * unit;
        result.AddError(max == long.MaxValue ? $"{name} must be a number of bytes, not '{text}'" : $"{name} must be a whole number from {min} to {max}, not '{text}'");
        return 0;
    }

    private static void RequireText(OptionResult result)
    {
        if (result.Tokens is [{ Value: "" }])
            result.AddError($"the value of {result.Option.Name} is empty");
    }
}

using System.CommandLine;
using Compressor.Cli.Commands;
using Compressor.Cli.Conversion;
using Compressor.Cli.Files;
using Compressor.Cli.Parts;

namespace Compressor.Cli.Manifests;

/// <summary>Does one share of a plan. What is done already is left out, so a share may be done again after whatever has happened.</summary>
internal sealed class ManifestRun
{
    private readonly ToolContext _context;
    private readonly LmzCompressionOptions _options;
    private readonly IReadOnlyList<LanguageModel> _models;
    private readonly ConversionOptions _how;

    /// <param name="context">The process.</param>
    /// <param name="manifest">The plan; says how to compress.</param>
    /// <param name="words">Options of this process that change nothing about the result, such as those for threads.</param>
    /// <param name="how">What may be overwritten.</param>
    /// <exception cref="InvalidDataException">The plan's options are none of this release.</exception>
    public ManifestRun(ToolContext context, Manifest manifest, IReadOnlyList<string> words, ConversionOptions how)
    {
        var command = new Command("compress");
        var arguments = new CompressionArguments(command);
        var result = command.Parse([.. manifest.Options, .. words]);
        if (result.Errors is [var error, ..])
            throw new InvalidDataException($"the plan's options are not known to this release: {error.Message}");
        _context = context;
        (_options, _models, var needed) = arguments.Read(context, result);
        _how = how with { SkipExisting = true, ProtectedFiles = [.. needed] };
    }

    /// <returns>What could not be done.</returns>
    public IReadOnlyList<ManifestItem> Run(IEnumerable<ManifestItem> items)
    {
        var failed = new List<ManifestItem>();
        foreach (var item in items)
        {
            _context.Interruption.Token.ThrowIfCancellationRequested();
            var errors = _context.Errors.Count;
            if (!IsAsPlanned(item))
                _context.Errors.Add(item.Name, "has changed since the plan was made, or is gone");
            else if (item.IsPart)
                new PartConverter(_context, new PartCompression(_context, _options, _how, length: null), _how).Convert(item.File, item.Part, item.Output);
            else
                new FileConverter(_context, new Compression(_options, _models), _how with { Output = item.Target }).Run([InputFile.Of(item.File)]);
            if (_context.Errors.Count > errors)
                failed.Add(item);
        }

        return failed;
    }

    private static bool IsAsPlanned(ManifestItem item) =>
        File.Exists(item.File) && new FileInfo(item.File).Length == item.Length && File.GetLastWriteTimeUtc(item.File) == item.Modified;
}

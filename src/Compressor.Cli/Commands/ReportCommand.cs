using System.CommandLine;
using System.Text;
using Compressor.Cli.Files;
using Compressor.Cli.Models;
using Compressor.Cli.Report;

namespace Compressor.Cli.Commands;

/// <summary><c>compressor report</c>.</summary>
internal sealed class ReportCommand : ToolCommand
{
    private const string PageExtension = ".html";

    /// <summary>All of it, and what becomes of it, is in memory at the same time.</summary>
    private const long MaxContent = 1 << 28;

    private readonly Argument<string> _file = new("FILE") { Description = $"Any file, or one that ends in {Lmz.FileExtension}." };
    private readonly Option<string?> _output = CommonOptions.OneValue("--output", "-o", "PAGE", $"Write to PAGE. [default: FILE{PageExtension}]");
    private readonly Option<string?> _model = CommonOptions.OneValue(
        "--model", "-m", "MODEL", $"The model to use: a folder, or the name of an installed model. [default: {ModelCatalog.DefaultName}]");

    private readonly Option<string[]> _dictionary = CommonOptions.Dictionary();
    private readonly Option<bool> _force = CommonOptions.Force();
    private readonly Option<int> _threads = CommonOptions.Threads();

    public ReportCommand(ToolContext context)
        : base("report", "Makes an HTML page that shows where the bits of FILE went: token by token, and down to the last byte of the compressed file.")
    {
        Add(_file);
        Add(_output);
        Add(_model);
        Add(_dictionary);
        Add(_force);
        Add(_threads);
        SetAction(result =>
        {
            var file = result.GetValue(_file)!;
            var dictionaries = result.GetValue(_dictionary) ?? [];
            var target = result.GetValue(_output) ?? file + PageExtension;
            var compressed = file.EndsWith(Lmz.FileExtension, StringComparison.Ordinal);
            var folder = result.GetValue(_model) is { } model ? context.Models.Find(model) : null;
            ProtectedFile.Refuse(target, [
                new ProtectedFile(file, "the file that is reported on"),
                .. ProtectedFile.Dictionaries(dictionaries),
                .. (folder is null ? context.Models.Installed() : [folder]).SelectMany(ProtectedFile.Model),
            ]);
            // Made before the work, which can be long: what stands in its way is said at once.
            using var output = new OutputFile(target, result.GetValue(_force), null, isDurable: false, context.Interruption);
            var page = Make(context, file, compressed, folder, CommonOptions.ReadDictionary(dictionaries), result.GetValue(_threads));
            output.Stream.Write(Encoding.UTF8.GetBytes(page));
            output.Commit();
            return 0;
        });
    }

    public override string Examples => """
        compressor report book.txt                makes book.txt.html
        compressor report -o page.html book.txt.lmz
        """;

    private static string Make(ToolContext context, string file, bool compressed, string? folder, LmzDictionary? dictionary, int threads)
    {
        var given = Read(file);
        byte[] content, data;
        if (compressed)
        {
            data = given;
            content = Lmz.Decompress(data, Options());
        }
        else
        {
            content = given;
            data = Lmz.Compress(content, new LmzCompressionOptions
            {
                Model = folder is null ? null : context.Models.Load(folder),
                BuiltInModelSource = context.Models.TryGet,
                Dictionary = dictionary,
                Threads = threads,
            });
        }

        var stop = context.Interruption.Token;
        List<LmzBlockAnalysis> blocks = [.. Lmz.Analyze(new MemoryStream(data), Options(), HeatMap.MaxTokens, stop)];
        var (name, bytes) = ModelsOf(context.Models, data, folder);
        var (others, note) = OtherCompressors.Run(content);
        return ReportPage.Write(new ReportData(
            Path.GetFileName(file), content.Length, data.Length, name, bytes, ProgramBytes(), blocks, others, note));

        LmzDecompressionOptions Options() => new()
        {
            Models = folder is null ? context.Models.Candidates([]) : [context.Models.Load(folder)],
            Dictionary = dictionary,
            Threads = threads,
            MaxContentLength = MaxContent,
        };
    }

    private static byte[] Read(string file)
    {
        using var source = SourceFile.Open(file);
        if (source.CanSeek && source.Length > MaxContent)
            throw new IOException($"{file}: a report covers at most {MaxContent >> 20} MiB");
        using var content = new MemoryStream();
        source.CopyTo(content);
        return content.ToArray();
    }

    /// <summary>The models that the data needs: their names and size; none needed is none to pay for.</summary>
    private static (string Names, long Bytes) ModelsOf(ModelCatalog models, byte[] data, string? folder)
    {
        var needed = Lmz.ReadInfo(new MemoryStream(data)).SelectMany(frame => frame.ModelIds).Distinct().ToList();
        if (needed is [])
            return ("none needed", 0);
        string[] folders = folder is null ? [.. needed.Select(id => models.Find(models.NameOf(id)!))] : [folder];
        return (string.Join(", ", folders.Select(path => models.Load(path).Name)), folders.Sum(ModelCatalog.SizeOf));
    }

    private static long ProgramBytes() =>
        Directory.GetFiles(AppContext.BaseDirectory, "*.dll").Sum(path => new FileInfo(path).Length);
}

using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Compressor.Cli.Files;
using Compressor.Cli.Terminal;

namespace Compressor.Cli.Commands;

/// <summary><c>compressor benchmark</c>: as <c>zstd -b</c>, what each level makes of files that the user has.</summary>
internal sealed class BenchmarkCommand : ToolCommand
{
    private static readonly string[] Headings = ["LEVEL", "COMPRESSED", "RATIO", "BITS/BYTE", "COMPRESS KB/s", "DECOMPRESS KB/s", "FILE"];

    private readonly FileSelection _files;
    private readonly LevelOptions _levels = new();
    private readonly Option<int> _threads = CommonOptions.Threads();
    private readonly Option<string[]> _models = CommonOptions.Models("Use this model where a level uses one: a folder, or the name of an installed model.");

    private readonly Option<bool> _json = CommonOptions.Flag("--json", null, "Write an array of objects, one for each file and level.");

    /// <param name="context">Its clock measures.</param>
    public BenchmarkCommand(ToolContext context)
        : base("benchmark", "Compresses and decompresses each FILE in memory, at one level or at each, and shows sizes and speeds. Writes no files.")
    {
        _files = new FileSelection(this, "The files; none or - is standard input.", compresses: true);
        _levels.AddTo(this);
        Add(_models);
        Add(_threads);
        Add(_json);
        SetAction(result => Run(context, result));
    }

    public override string Examples => """
        compressor benchmark book.txt        all levels; a large file takes its time
        compressor benchmark -3 *.dll        one level
        compressor -b book.txt               the same as benchmark, as zstd writes it
        """;

    private int Run(ToolContext context, ParseResult result)
    {
        int[] levels = _levels.IsGiven(result)
            ? [_levels.LevelOf(result)]
            : [.. Enumerable.Range(LmzCompressionOptions.MinLevel, LmzCompressionOptions.MaxLevel - LmzCompressionOptions.MinLevel + 1)];
        LanguageModel[]? models = result.GetValue(_models) is { Length: > 0 } given ? [.. given.Select(context.Models.Find).Select(context.Models.Load)] : null;
        var measurements = new List<Measurement>();
        foreach (var file in _files.Of(result, context))
        {
            try
            {
                var content = Read(context, file.Path);
                foreach (var level in levels)
                {
                    var options = new LmzCompressionOptions { Level = level, Threads = result.GetValue(_threads), Models = level < 4 ? null : models };
                    measurements.Add(Measure(context, file.Path, content, options));
                }
            }
            catch (Exception e) when (ErrorReport.IsExpected(e))
            {
                context.Errors.Add(file.Path, e);
            }
        }

        if (result.GetValue(_json))
            context.Streams.WriteReport(JsonReport.Of(measurements, (json, measurement) => measurement.Write(json)));
        else if (measurements.Count > 0)
            context.Streams.WriteReport(TextTable.Of([Headings, .. measurements.Select(measurement => measurement.ToRow())], rightAligned: [0, 1, 2, 3, 4, 5]));
        return context.Errors.Any ? Tool.Failure : 0;
    }

    private static byte[] Read(ToolContext context, string file)
    {
        using var source = file == Conversion.FileConverter.StandardInput ? context.Streams.OpenInput() : SourceFile.Open(file);
        using var content = new MemoryStream();
        source.CopyTo(content);
        return content.Length > 0 ? content.ToArray() : throw new IOException("there is nothing in it to measure with");
    }

    /// <exception cref="InvalidDataException">The content does not come back.</exception>
    private static Measurement Measure(ToolContext context, string file, byte[] content, LmzCompressionOptions options)
    {
        var (time, cancellation) = (context.Time, context.Interruption.Token);
        using var progress = context.Streams.ErrorIsTerminal
            ? new ProgressLine(context.Streams.Error, $"-{options.Level} {ErrorReport.OneLine(file)}", content.Length, time) : null;
        using var compressed = new MemoryStream();
        var start = time.GetTimestamp();
        Lmz.Compress(new MemoryStream(content), compressed, options, progress, cancellation);
        var compressing = time.GetElapsedTime(start);

        compressed.Position = 0;
        using var back = new MemoryStream(content.Length);
        start = time.GetTimestamp();
        Lmz.Decompress(compressed, back, new LmzDecompressionOptions { Models = context.Models.Candidates([]), Threads = options.Threads }, null, cancellation);
        var decompressing = time.GetElapsedTime(start);
        return back.GetBuffer().AsSpan(0, (int)back.Length).SequenceEqual(content)
            ? new Measurement(file, options.Level, content.Length, compressed.Length, compressing, decompressing)
            : throw new InvalidDataException($"level {options.Level} does not give the content back: please report this");
    }

    private sealed record Measurement(string File, int Level, long Content, long Compressed, TimeSpan Compressing, TimeSpan Decompressing)
    {
        public string[] ToRow() =>
        [
            $"{Level}", $"{Compressed}", Text(Ratio, "F3"), Text(BitsPerByte, "F3"), Text(Speed(Compressing), "F0"), Text(Speed(Decompressing), "F0"), ErrorReport.OneLine(File),
        ];

        public void Write(Utf8JsonWriter json)
        {
            json.WriteString("file", File);
            json.WriteNumber("level", Level);
            json.WriteNumber("contentBytes", Content);
            json.WriteNumber("compressedBytes", Compressed);
            json.WriteNumber("bitsPerByte", Math.Round(BitsPerByte, 4));
            json.WriteNumber("compressSeconds", Math.Round(Compressing.TotalSeconds, 4));
            json.WriteNumber("decompressSeconds", Math.Round(Decompressing.TotalSeconds, 4));
        }

        private double Ratio => (double)Content / Compressed;

        private double BitsPerByte => 8.0 * Compressed / Content;

        private double Speed(TimeSpan time) => Content / 1000.0 / Math.Max(time.TotalSeconds, 1e-6);

        private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
    }
}

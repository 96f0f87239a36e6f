using System.Globalization;
using System.Text;
using System.Text.Json;
using Compressor.Cli.Conversion;
using Compressor.Cli.Files;
using Compressor.Cli.Models;
using Compressor.Cli.Terminal;

namespace Compressor.Cli.Commands;

/// <summary>What there is to say about a compressed file.</summary>
internal sealed class FileSummary(string name, IReadOnlyList<LmzFrameInfo> frames)
{
    private static readonly (string Label, LmzBlockType Type)[] Kinds =
    [
        ("transformer + mixing", LmzBlockType.TransformerAndMixing),
        ("learning", LmzBlockType.Learning),
        ("transformer", LmzBlockType.Transformer),
        ("mixing", LmzBlockType.ContextMixing),
        ("brotli", LmzBlockType.Brotli),
        ("stored", LmzBlockType.Stored),
    ];

    private static readonly string[] BlockHeadings = ["OFFSET", "TYPE", "CONTENT", "BYTES", "BITS/BYTE", "LANES", "TOKENS", "MODEL"];

    private readonly List<LmzBlockInfo> _blocks = [.. frames.SelectMany(frame => frame.Blocks)];

    /// <summary>The name of the file.</summary>
    public string Name { get; } = name;

    /// <summary>The content in bytes.</summary>
    public long ContentLength { get; } = frames.Sum(frame => frame.ContentLength);

    /// <summary>The file in bytes.</summary>
    public long CompressedLength { get; } = frames.Sum(frame => frame.CompressedLength);

    /// <summary>The number of blocks.</summary>
    public int BlockCount => _blocks.Count;

    private double BitsPerByte => 8.0 * CompressedLength / ContentLength;

    private double Ratio => (double)ContentLength / CompressedLength;

    /// <summary>The models that are needed to decompress the file; none when no block holds tokens.</summary>
    private List<ModelId> Models => [.. _blocks.Select(block => block.ModelId).OfType<ModelId>().Distinct()];

    /// <summary>What a type of block is called.</summary>
    public static string Describe(LmzBlockType type) => Kinds.Single(kind => kind.Type == type).Label;

    /// <summary>Reads what is in files; those that cannot be read are reported.</summary>
    public static List<FileSummary> ReadAll(ToolContext context, IReadOnlyList<InputFile> files)
    {
        var summaries = new List<FileSummary>();
        foreach (var file in files)
        {
            try
            {
                summaries.Add(Read(context, file.Path));
            }
            catch (Exception e) when (ErrorReport.IsExpected(e))
            {
                context.Errors.Add(file.Path == FileConverter.StandardInput ? "stdin" : file.Path, e);
            }
        }

        return summaries;
    }

    /// <summary>The names of the models that the file needs, the ids of those that are not installed.</summary>
    public IEnumerable<string> ModelNames(ModelCatalog catalog) => Models.Select(model => catalog.NameOf(model) ?? model.ToString());

    /// <param name="catalog">Knows the names of models.</param>
    /// <param name="listBlocks">Whether every block gets a line.</param>
    public string ToText(ModelCatalog catalog, bool listBlocks)
    {
        var text = new StringBuilder().Append(ErrorReport.OneLine(Name)).Append('\n');
        Line("content", $"{ContentLength} bytes");
        Line("compressed", $"{CompressedLength} bytes");
        if (ContentLength > 0)
            Line("", $"{BitsPerByte:F3} bits/byte, ratio {Ratio:F2}");
        foreach (var model in Models)
            Line("model", $"{model} ({catalog.NameOf(model) ?? $"not installed: {_blocks.Count(block => block.ModelId == model)} of {_blocks.Count} blocks cannot be read"})");
        foreach (var dictionary in frames.Select(frame => frame.DictionaryId).OfType<string>().Distinct())
            Line("dictionary", $"{dictionary}");
        Line("blocks", $"{_blocks.Count}");
        foreach (var (label, type) in Kinds)
            Blocks(label, type);
        if (frames.Count > 1)
            Line("frames", $"{frames.Count}");
        Line("format", $"version {string.Join(", ", frames.Select(frame => frame.Version).Distinct())}");
        if (listBlocks && _blocks.Count > 0)
            text.Append(TextTable.Of(BlockRows(catalog), rightAligned: [0, 2, 3, 4, 5, 6]));
        return text.ToString();

        void Line(string label, FormattableString value) =>
            text.Append("  ").Append(label.PadRight(12)).Append(value.ToString(CultureInfo.InvariantCulture)).Append('\n');

        void Blocks(string label, LmzBlockType type)
        {
            if (Of(type) is { Count: > 0 } blocks)
                Line("", $"{blocks.Count} {label}: {ContentOf(blocks)} -> {CompressedOf(blocks)} bytes");
        }
    }

    public static string ToJson(IEnumerable<FileSummary> files) => JsonReport.Of(files, (json, file) => file.Write(json));

    private static FileSummary Read(ToolContext context, string file)
    {
        if (file != FileConverter.StandardInput)
        {
            using var source = SourceFile.Open(file);
            return new FileSummary(file, Lmz.ReadInfo(source));
        }

        if (context.Streams.InputIsTerminal)
            throw new IOException("standard input is a terminal: name a file");
        using var input = context.Streams.OpenInput();
        return new FileSummary("stdin", Lmz.ReadInfo(input));
    }

    private void Write(Utf8JsonWriter json)
    {
        json.WriteString("file", Name);
        json.WriteNumber("contentBytes", ContentLength);
        json.WriteNumber("compressedBytes", CompressedLength);
        if (ContentLength > 0)
        {
            json.WriteNumber("bitsPerByte", Math.Round(BitsPerByte, 4));
            json.WriteNumber("ratio", Math.Round(Ratio, 4));
        }

        json.WriteStartArray("models");
        foreach (var model in Models)
            json.WriteStringValue(model.ToString());
        json.WriteEndArray();
        json.WriteNumber("frames", frames.Count);
        json.WriteStartArray("blocks");
        foreach (var (label, type) in Kinds)
        {
            var blocks = Of(type);
            json.WriteStartObject();
            json.WriteString("type", label);
            json.WriteNumber("count", blocks.Count);
            json.WriteNumber("contentBytes", ContentOf(blocks));
            json.WriteNumber("compressedBytes", CompressedOf(blocks));
            json.WriteNumber("tokens", blocks.Sum(block => (long)block.Tokens));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("list");
        foreach (var block in _blocks)
        {
            json.WriteStartObject();
            json.WriteNumber("offset", block.Offset);
            json.WriteString("type", LabelOf(block.Type));
            json.WriteNumber("contentBytes", block.ContentLength);
            json.WriteNumber("compressedBytes", block.CompressedLength);
            json.WriteNumber("bitsPerByte", Math.Round(8.0 * block.CompressedLength / block.ContentLength, 4));
            json.WriteNumber("lanes", block.Lanes);
            json.WriteNumber("tokens", block.Tokens);
            json.WriteString("filter", LabelOf(block.Filter));
            if (block.ModelId is { } model)
                json.WriteString("model", model.ToString());
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string LabelOf(LmzBlockType type) => Kinds.First(kind => kind.Type == type).Label;

    private static string LabelOf(LmzFilter filter) => filter switch
    {
        LmzFilter.None => "none",
        LmzFilter.LineEnds => "line ends",
        LmzFilter.LineBreaks => "line breaks",
        _ => "line ends, line breaks",
    };

    private List<string[]> BlockRows(ModelCatalog catalog)
    {
        var names = Models.ToDictionary(model => model, model => catalog.NameOf(model) ?? model.ToString());
        var rows = new List<string[]> { BlockHeadings };
        foreach (var block in _blocks)
        {
            rows.Add(
            [
                Number(block.Offset), LabelOf(block.Type), Number(block.ContentLength), Number(block.CompressedLength),
                (8.0 * block.CompressedLength / block.ContentLength).ToString("F3", CultureInfo.InvariantCulture), Number(block.Lanes), Number(block.Tokens),
                block.ModelId is { } model ? names[model] : "",
            ]);
        }

        return rows;

        static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
    }

    private List<LmzBlockInfo> Of(LmzBlockType type) => _blocks.FindAll(block => block.Type == type);

    private static long ContentOf(List<LmzBlockInfo> blocks) => blocks.Sum(block => (long)block.ContentLength);

    private static long CompressedOf(List<LmzBlockInfo> blocks) => blocks.Sum(block => (long)block.CompressedLength);
}
